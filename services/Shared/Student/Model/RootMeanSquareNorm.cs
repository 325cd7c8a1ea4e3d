using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace StreamDistill.Student;

/// <summary>RMSNorm (arXiv 1910.07467), computed in single precision whatever the weights' type.</summary>
internal sealed class RootMeanSquareNorm(Parameter weight, double epsilon)
{
    private static readonly long[] Last = [-1];

    public Tensor Forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        var exact = input.to(ScalarType.Float32);
        var scale = exact.square().mean(Last, keepdim: true).add_(epsilon).rsqrt();
        return exact.mul(scale).to(input.dtype).mul(weight).MoveToOuterDisposeScope();
    }
}
