using System.Diagnostics;
using System.Globalization;
using TorchSharp;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;
using Parameter = TorchSharp.Modules.Parameter;

namespace Polyfills.Tests.TorchSharpContract;

/// <summary>The same computations in PyTorch and here give the same numbers.</summary>
public sealed class PyTorchTests
{
    private const double Tolerance = 1e-6; // Of the largest element of a tensor; single precision has 6e-8.

    [Fact]
    public async Task Operators_gradients_AdamW_and_random_numbers_are_those_of_PyTorch()
    {
        Assert.SkipUnless(File.Exists("/usr/bin/python3"), "no /usr/bin/python3");
        var expected = await PyTorch();
        using var scope = NewDisposeScope();
        var actual = new Dictionary<string, Tensor>();
        Operators(actual);
        Network(actual);
        manual_seed(1234);
        actual["randn"] = randn(3, 3);
        actual["rand"] = rand(2);
        actual["randperm"] = randperm(6);

        Assert.Equal(expected.Keys.Order(), actual.Keys.Order());
        foreach (var (name, (shape, numbers)) in expected)
        {
            Assert.Equal((name, string.Join(',', shape)), (name, string.Join(',', actual[name].shape)));
            var got = actual[name].detach().to(float64).data<double>().ToArray();
            var scale = numbers.Max(Math.Abs);
            foreach (var (want, have) in numbers.Zip(got))
                Assert.True(Math.Abs(want - have) <= Tolerance * scale, $"{name}: PyTorch has {want}, TorchSharp {have}");
        }
    }

    private static void Operators(Dictionary<string, Tensor> results)
    {
        var (a, b) = (Wave([3, 4]), Wave([4, 5], 0.71));
        results["matmul"] = a.matmul(b);
        results["softmax"] = softmax(a, -1);
        results["log_softmax"] = F.log_softmax(a, 0);
        results["logsumexp"] = a.logsumexp(1);
        results["silu"] = F.silu(a);
        results["rsqrt"] = rsqrt(a.pow(2).mean([-1], keepdim: true) + 1e-6);
        results["cumsum"] = a.cumsum(1);
        results["topk"] = a.topk(2).values;
        results["sort"] = a.sort(-1, descending: true).Indices;
        results["triu"] = triu(ones(4, 4), 1);
        results["masked"] = a.masked_fill(a > 0.5, -3f);
        results["gather"] = a.gather(1, tensor(new long[,] { { 0, 3 }, { 2, 2 }, { 1, 0 } }));
        results["where"] = where(a > 0, a, -a * 2);
        results["norm"] = a.norm();
        results["index"] = a[TensorIndex.Slice(1), TensorIndex.Slice(step: 2)];
        results["mask"] = a[a > 0];
        results["rows"] = a[tensor(new long[] { 2, 0 })];
        results["kl"] = F.kl_div(F.log_softmax(a, -1), softmax(Wave([3, 4], 1.3), -1), false, nn.Reduction.Sum);
        results["bfloat16"] = a.to(bfloat16);
    }

    private static void Network(Dictionary<string, Tensor> results)
    {
        var embedding = nn.Embedding(11, 8);
        using (no_grad())
            embedding.weight!.copy_(Wave([11, 8], scale: 0.5));
        var first = new Parameter(Wave([16, 8], 0.53, 0.3));
        var second = new Parameter(Wave([11, 16], 0.29, 0.3));
        var tokens = tensor(new long[,] { { 1, 4, 9, 2 }, { 0, 7, 7, 3 } });
        var targets = tensor(new long[,] { { 4, 9, 2, -100 }, { 7, 7, 3, 10 } });
        using var optimizer = optim.AdamW(
            [
                new TorchSharp.Modules.AdamW.ParamGroup([embedding.weight!], new() { weight_decay = 0 }),
                new TorchSharp.Modules.AdamW.ParamGroup([first, second], new() { weight_decay = 0.1 }),
            ],
            lr: 0.01,
            beta2: 0.95);
        var schedule = optim.lr_scheduler.LambdaLR(optimizer, step => 1.0 / (1 + step));
        for (var step = 0; step < 4; step++)
        {
            optimizer.zero_grad();
            var logits = F.linear(F.silu(F.linear(embedding.call(tokens), first)), second);
            var loss = F.cross_entropy(logits.reshape(-1, 11), targets.reshape(-1), ignore_index: -100);
            loss.backward();
            results[$"gradient{step}"] = first.grad!.clone();
            results[$"norm{step}"] = tensor(nn.utils.clip_grad_norm_([embedding.weight!, first, second], 0.5));
            optimizer.step();
            schedule.step();
            results[$"loss{step}"] = loss;
        }

        (results["embedding"], results["first"], results["second"]) = (embedding.weight!, first, second);
    }

    private static Tensor Wave(long[] shape, double step = 0.37, double scale = 1) =>
        ((arange(shape.Aggregate(1L, (size, next) => size * next), float64) * step).sin() * scale).to(float32).reshape(shape);

    private static async Task<Dictionary<string, (long[] Shape, double[] Numbers)>> PyTorch()
    {
        var script = Path.Combine(AppContext.BaseDirectory, "TorchSharp", "torch_peer.py");
        using var python = Process.Start(new ProcessStartInfo("/usr/bin/python3", [script])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var errors = python.StandardError.ReadToEndAsync();
        var output = await python.StandardOutput.ReadToEndAsync();
        await python.WaitForExitAsync();
        Assert.True(python.ExitCode == 0, await errors);
        return output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split('|')).ToDictionary(
            parts => parts[0],
            parts => (Numbers<long>(parts[1], ','), Numbers<double>(parts[2], ' ')));
    }

    private static T[] Numbers<T>(string text, char separator)
        where T : IParsable<T> =>
        [.. text.Split(separator, StringSplitOptions.RemoveEmptyEntries).Select(number => T.Parse(number, CultureInfo.InvariantCulture))];
}
