using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Polyfills.Tests.TorchSharpContract;

public sealed class ModuleTests
{
    [Fact]
    public void Parameters_are_named_by_the_path_to_them()
    {
        using var block = new Block();
        Assert.Equal(
            ["scale", "inner.weight", "inner.bias", "layers.0.weight", "layers.1.weight"],
            block.named_parameters().Select(parameter => parameter.name));
        Assert.Equal(["offset"], block.named_buffers().Select(buffer => buffer.name));
        Assert.Equal(["inner", "layers"], block.named_children().Select(child => child.name));
    }

    [Fact]
    public void A_module_computes_with_what_its_fields_hold_after_a_conversion()
    {
        using var scope = NewDisposeScope();
        using var block = new Block();
        using (no_grad())
        {
            foreach (var parameter in block.parameters())
                nn.init.constant_(parameter, 0.5);
        }

        var input = ones(1, 3);
        var before = block.call(input).item<float>();
        block.to(float64);
        Assert.All(block.parameters(), parameter => Assert.Equal(float64, parameter.dtype));
        Assert.Equal(before, block.call(input.to(float64)).item<double>(), 6);
    }

    [Fact]
    public void Training_is_on_until_eval_and_reaches_all_modules()
    {
        using var block = new Block();
        Assert.True(block.training);
        block.eval();
        Assert.All(block.modules(), module => Assert.False(module.training));
        block.train();
        Assert.All(block.modules(), module => Assert.True(module.training));
    }

    [Fact]
    public void Gradients_add_up_until_they_are_removed()
    {
        using var scope = NewDisposeScope();
        using var block = new Block();
        Assert.All(block.parameters(), parameter => Assert.Null(parameter.grad));
        block.call(ones(1, 3)).sum().backward();
        var once = block.scale.grad!.clone();
        block.call(ones(1, 3)).sum().backward();
        Assert.True(block.scale.grad!.allclose(once * 2));
        block.zero_grad();
        Assert.All(block.parameters(), parameter => Assert.Null(parameter.grad));
    }

    [Fact]
    public void Nothing_is_recorded_where_gradients_are_off()
    {
        using var scope = NewDisposeScope();
        var weight = ones(2, requires_grad: true);
        using (no_grad())
        {
            Assert.False((weight * 2).requires_grad);
            Assert.False(is_grad_enabled());
        }

        using (inference_mode())
            Assert.False((weight * 2).requires_grad);
        Assert.True((weight * 2).requires_grad);
        Assert.False(weight.detach().requires_grad);
    }

    [Fact]
    public void An_optimizer_resumes_from_a_copy_of_its_state()
    {
        using var scope = NewDisposeScope();
        var (original, copy) = (new Parameter(ones(3)), new Parameter(ones(3)));
        using var optimizer = optim.AdamW([original], lr: 0.1);
        using var resumed = optim.AdamW([copy], lr: 0.5);
        Step(optimizer, original);
        using (no_grad())
            copy.copy_(original);

        resumed.load_state_dict(optimizer.state_dict());
        var state = (AdamW.State)resumed.state_dict().State.Single();
        Assert.Equal(1, state.step);
        Assert.Equal(0.1, resumed.ParamGroups.Single().LearningRate);
        Step(optimizer, original);
        Step(resumed, copy);
        Assert.True(original.detach().Equals(copy.detach()));
        Assert.NotSame(state.exp_avg, ((AdamW.State)optimizer.state_dict().State.Single()).exp_avg);

        static void Step(optim.Optimizer optimizer, Parameter parameter)
        {
            optimizer.zero_grad();
            (parameter * parameter).sum().backward();
            optimizer.step();
        }
    }

    [Fact]
    public void A_step_is_the_same_bits_on_one_thread_and_on_two()
    {
        var before = get_num_threads();
        try
        {
            Assert.Equal(Stepped(1), Stepped(2));
        }
        finally
        {
            set_num_threads(before);
        }

        static float[] Stepped(int threads)
        {
            using var scope = NewDisposeScope();
            set_num_threads(threads);
            Assert.Equal(threads, get_num_threads());
            manual_seed(3);
            var parameter = new Parameter(randn(100_003));
            using var optimizer = optim.AdamW([parameter]);
            for (var i = 0; i < 3; i++)
            {
                parameter.grad = randn(100_003);
                optimizer.step();
            }

            return parameter.detach().data<float>().ToArray();
        }
    }

    [Fact]
    public void Wrong_options_are_refused()
    {
        using var parameter = new Parameter(ones(1));
        Assert.Throws<ArgumentException>(() => optim.AdamW([parameter], lr: -1));
        Assert.Throws<ArgumentException>(() => optim.AdamW([parameter], beta1: 1));
        using var block = new Block();
        Assert.Throws<InvalidOperationException>(() => block.register_parameter("scale", parameter));
    }

    private sealed class Block : nn.Module<Tensor, Tensor>
    {
#pragma warning disable IDE0044, SA1401 // A conversion of the module replaces what its fields hold.
        public Parameter scale = new(ones(3));
        private Tensor offset = zeros(3);
        private Linear inner = nn.Linear(3, 3);
        private ModuleList<Linear> layers = new(nn.Linear(3, 3, hasBias: false), nn.Linear(3, 1, hasBias: false));
#pragma warning restore IDE0044, SA1401

        public Block()
            : base(nameof(Block)) => RegisterComponents();

        public override Tensor forward(Tensor input)
        {
            var hidden = inner.call(input * scale + offset);
            foreach (var layer in layers)
                hidden = layer.call(hidden);
            return hidden;
        }
    }
}
