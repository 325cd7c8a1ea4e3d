using System.Text.Json;
using StreamDistill.Contracts;
using StreamDistill.Student;
using StreamDistill.Train.Tests.Python;
using static TorchSharp.torch;

namespace StreamDistill.Train.Tests.Learning;

public sealed class LearnerTests : IDisposable
{
    private readonly TemporaryDirectory directory = new();

    public LearnerTests() => set_num_threads(1);

    [Theory]
    [InlineData(0, 1, "TopK")]
    [InlineData(0.4, 1, "TopK")]
    [InlineData(0.4, 2.5, "TopK")]
    public void Twenty_steps_are_those_of_PyTorch(double weight, double temperature, string mode)
    {
        var options = Options(soft: new SoftLabelOptions { Weight = weight, Temperature = temperature, Mode = Enum.Parse<SoftLabelMode>(mode) });
        using var learner = Learner.Begin(options);
        var steps = Enumerable.Range(0, 20).Select(step => Step(step, soft: weight > 0)).ToList();
        using var batch = PackedBatch.Of(steps[0][0], options.SoftLabels, "", CPU);

        var ours = steps.Select((step, number) => learner.Step(step, number, "")).ToList();
        learner.Save(directory["ours"]);
        File.WriteAllText(directory["steps.json"], JsonSerializer.Serialize(new
        {
            settings = new
            {
                options.Optimizer.LearningRate, options.Optimizer.Beta1, options.Optimizer.Beta2, options.Optimizer.Epsilon,
                options.Optimizer.WeightDecay, options.Optimizer.ClipNorm, options.Optimizer.WarmupSteps, weight, temperature,
            },
            steps = steps.Select(step => step.Select(rows => rows.SelectMany(row => row).Select(example => new
            {
                tokens = example.Tokens, start = example.TargetStart, weight = example.Weight,
                soft = example.SoftLabels is { } run ? new { run.Start, run.Counts, run.Ids, run.Logprobs } : null,
            }))),
        }));
        var expected = JsonSerializer.Deserialize<double[][]>(PyTorch.Run("learning.py", "train", options.BaseModel, directory["steps.json"], directory["theirs.safetensors"]))!;

        foreach (var (our, their) in ours.Zip(expected))
        {
            Assert.Equal(their[0], our.Loss, Math.Abs(their[0]) * 1e-5);
            Assert.Equal(their[1], our.GradientNorm, Math.Abs(their[1]) * 1e-4);
            Assert.Equal(their[2], our.Divergence, Math.Abs(their[2]) * 1e-4);
        }

        AssertClose(Path.Combine(directory["ours"], StoredCheckpoint.Weights), directory["theirs.safetensors"], 1e-3);
    }

    [Theory]
    [InlineData(Method.Full)]
    [InlineData(Method.Lora)]
    public void A_resumed_student_goes_on_to_the_same_bytes(Method method)
    {
        var options = Options(method);
        using var straight = Learner.Begin(options);
        using var before = Learner.Begin(options);
        for (var step = 0; step < 6; step++)
        {
            straight.Step(Step(step), step, "");
            if (step < 3)
            {
                before.Step(Step(step), step, "");
            }
        }

        before.Save(directory["middle"]);
        using var after = Learner.Resume(options, directory["middle"]);
        var losses = Enumerable.Range(3, 3).Select(step => (before.Step(Step(step), step, "").Loss, after.Step(Step(step), step, "").Loss)).ToList();
        straight.Save(directory["straight"]);
        before.Save(directory["saved"]);
        after.Save(directory["resumed"]);

        Assert.All(losses, pair => Assert.Equal(pair.Item1, pair.Item2));
        foreach (var file in Directory.EnumerateFiles(directory["straight"], "*.safetensors", SearchOption.AllDirectories))
        {
            var name = Path.GetRelativePath(directory["straight"], file);
            Assert.True(File.ReadAllBytes(file).SequenceEqual(File.ReadAllBytes(Path.Combine(directory["saved"], name))), "saving changed " + name);
            Assert.True(File.ReadAllBytes(file).SequenceEqual(File.ReadAllBytes(Path.Combine(directory["resumed"], name))), "resuming changed " + name);
        }
    }

    [Fact]
    public void Low_rank_training_leaves_a_student_that_is_served_without_its_adapter()
    {
        var options = Options(Method.Lora);
        using var learner = Learner.Begin(options);
        for (var step = 0; step < 5; step++)
        {
            learner.Step(Step(step), step, "");
        }

        learner.Save(directory["lora"]);
        using var served = StudentModel.Load(directory["lora"]);
        using var batch = PackedBatch.Of(Step(9)[0], options.SoftLabels, "", CPU);
        var ours = DistillationLoss.Of(learner.Student.Decoder, batch, options.SoftLabels, batch.TotalWeight).Loss.item<float>();
        var theirs = DistillationLoss.Of(served.Decoder, batch, options.SoftLabels, batch.TotalWeight).Loss.item<float>();

        Assert.Equal(ours, theirs, 1e-4f);
        Assert.True(File.Exists(Path.Combine(directory["lora"], "adapter", "adapter_model.safetensors")));
    }

    [Fact]
    public void A_checkpoint_of_another_method_is_refused()
    {
        using (var learner = Learner.Begin(Options()))
        {
            learner.Save(directory["full"]);
        }

        var refusal = Assert.Throws<StreamDistillException>(() => Learner.Resume(Options(Method.Lora), directory["full"]));
        Assert.Contains("Train:Method is 'Lora'", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_step_without_a_finite_loss_leaves_the_weights_as_they_were()
    {
        using var learner = Learner.Begin(Options());
        learner.Step(Step(0), 0, "");
        learner.Save(directory["before"]);

        var result = learner.Step([[[Samples.Encoded(1, weight: float.MaxValue), Samples.Encoded(2, weight: float.MaxValue)]]], 1, "");
        learner.Save(directory["after"]);

        Assert.True(result.IsSkipped);
        Assert.Equal(File.ReadAllBytes(Path.Combine(directory["before"], StoredCheckpoint.Weights)), File.ReadAllBytes(Path.Combine(directory["after"], StoredCheckpoint.Weights)));
        Assert.False(learner.Step(Step(1), 2, "").IsSkipped);
    }

    [Fact]
    public void Accumulated_packs_give_the_gradient_of_one_pack()
    {
        List<EncodedExample> examples = [.. Enumerable.Range(0, 6).Select(number => Samples.Encoded(number, 2, 2 + number))];
        using var one = Learner.Begin(Options());
        using var three = Learner.Begin(Options());

        var whole = one.Step([examples.ConvertAll(example => new List<EncodedExample> { example })], 0, "");
        var parts = three.Step([.. examples.Chunk(2).Select(chunk => chunk.Select(example => new List<EncodedExample> { example }).ToList())], 0, "");

        Assert.Equal(whole.Loss, parts.Loss, 1e-5);
        Assert.Equal(whole.GradientNorm, parts.GradientNorm, 1e-4 * whole.GradientNorm);
    }

    [Fact]
    public void A_base_model_that_is_not_there_is_named() => Assert.Contains(
        directory["nowhere"],
        Assert.Throws<StreamDistillException>(() => Learner.Begin(new TrainOptions { BaseModel = directory["nowhere"] })).Message,
        StringComparison.Ordinal);

    public void Dispose() => directory.Dispose();

    private TrainOptions Options(Method method = Method.Full, SoftLabelOptions? soft = null) => new()
    {
        BaseModel = TinyStudent.Write(directory["base"]),
        Method = method,
        Lora = new LowRankOptions { Rank = 4 },
        SoftLabels = soft ?? new SoftLabelOptions(),
        Optimizer = new OptimizerOptions { LearningRate = 3e-3, WarmupSteps = 5, WeightDecay = 0.1 },
    };

    private static IReadOnlyList<IReadOnlyList<List<EncodedExample>>> Step(int step, bool soft = false)
    {
        var random = new Random(step);
        return [[.. Enumerable.Range(0, 2).Select(row => Enumerable.Range(0, 3).Select(number => Example((step * 6) + (row * 3) + number)).ToList())]];

        EncodedExample Example(int number)
        {
            var run = soft && number % 3 != 0
                ? new SoftLabelRun(4, [2, 0, 3], [1, 2, 3, 4, 5], [-0.7f, -1.2f, -0.2f, -2.5f, -4f])
                : null;
            return Samples.Encoded(number, 3, 4 + random.Next(4), number % 2 == 0 ? 1 : 0.5f, run);
        }
    }

    private static void AssertClose(string ours, string theirs, double tolerance)
    {
        using var left = SafetensorsFile.Open(ours);
        using var right = SafetensorsFile.Open(theirs);
        foreach (var name in left.Entries.Keys)
        {
            using var scope = NewDisposeScope();
            var (mine, other) = (left.Read(name), right.Read(name));
            var difference = mine.sub(other).abs().max().item<float>();
            Assert.True(difference <= tolerance * other.abs().max().item<float>(), $"{name} differs by {difference}");
        }
    }
}
