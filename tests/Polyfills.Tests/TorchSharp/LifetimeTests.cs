using System.Globalization;
using TorchSharp;
using static TorchSharp.torch;

namespace Polyfills.Tests.TorchSharpContract;

public sealed class LifetimeTests
{
    [Fact]
    public void A_scope_disposes_of_what_was_made_in_it_and_not_moved_out()
    {
        Tensor moved, detached, inner;
        using (NewDisposeScope())
        {
            using (NewDisposeScope())
            {
                inner = ones(1);
                moved = ones(1).MoveToOuterDisposeScope();
                detached = ones(1).DetachFromDisposeScope();
            }

            Assert.True(inner.IsInvalid);
            Assert.False(moved.IsInvalid);
        }

        Assert.True(moved.IsInvalid);
        Assert.False(detached.IsInvalid);
        detached.Dispose();
    }

    [Fact]
    public void A_scope_knows_what_it_holds()
    {
        using var scope = NewDisposeScope();
        var (kept, dropped) = (ones(1), ones(1));
        Assert.Equal(2, scope.DisposablesCount);
        scope.DisposeEverythingBut(kept);
        Assert.True(dropped.IsInvalid);
        Assert.Equal(1, scope.DisposablesCount);
        kept.Dispose();
        Assert.Equal(0, scope.DisposablesCount);
        Assert.Same(scope, CurrentDisposeScope);
    }

    [Fact]
    public void Scopes_are_a_threads_own()
    {
        using var scope = NewDisposeScope();
        var other = new Thread(() => ones(1).Dispose());
        other.Start();
        other.Join();
        Assert.Equal(0, scope.DisposablesCount);
    }

    [Fact]
    public void An_alias_lives_on_when_the_tensor_is_disposed()
    {
        var tensor = ones(2);
        using var alias = tensor.alias();
        tensor.Dispose();
        Assert.Equal([1f, 1f], alias.data<float>().ToArray());
    }

    [Fact]
    public void A_parameter_takes_the_place_of_its_tensor()
    {
        using var scope = NewDisposeScope();
        var data = ones(2);
        var parameter = new TorchSharp.Modules.Parameter(data);
        Assert.True(data.IsInvalid);
        Assert.True(parameter.requires_grad);
        Assert.Equal(1, scope.DisposablesCount);
    }

    [Fact]
    public void Ten_thousand_small_operators_in_scopes_do_not_grow_the_process()
    {
        using var weights = randn(64, 64, requires_grad: true);
        Run(2_000);
        var before = ResidentKilobytes();
        Run(10_000);
        Assert.InRange(ResidentKilobytes() - before, long.MinValue, 20_000); // One leaked tensor each would be 160 MB.

        void Run(int count)
        {
            for (var i = 0; i < count; i++)
            {
                using var scope = NewDisposeScope();
                (weights.matmul(weights) + 1).sum().backward();
            }
        }
    }

    [Fact]
    public void What_was_forgotten_is_freed_by_the_collector()
    {
        Forget(50);
        Collect();
        var before = ResidentKilobytes();
        for (var i = 0; i < 10; i++)
        {
            Forget(50);
            Collect();
        }

        Assert.InRange(ResidentKilobytes() - before, long.MinValue, 100_000); // Ten times 50 tensors of a megabyte.

        static void Forget(int count)
        {
            for (var i = 0; i < count; i++)
                _ = ones(262_144);
        }

        static void Collect()
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }
    }

    private static long ResidentKilobytes()
    {
        const string Field = "VmRSS:";
        var line = File.ReadLines("/proc/self/status").First(line => line.StartsWith(Field, StringComparison.Ordinal));
        return long.Parse(line[Field.Length..^" kB".Length], CultureInfo.InvariantCulture);
    }
}
