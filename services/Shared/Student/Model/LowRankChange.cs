using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace StreamDistill.Student;

/// <summary>A change of low rank to a linear layer: scale x B A (arXiv 2106.09685).</summary>
/// <param name="down">A: [rank, inputs].</param>
/// <param name="up">B: [outputs, rank].</param>
/// <param name="scale">alpha / rank.</param>
internal sealed class LowRankChange(Parameter down, Parameter up, double scale)
{
    public Parameter Down => down;

    public Parameter Up => up;

    /// <summary>What to add to the layer's output for an input [rows, inputs].</summary>
    public Tensor Forward(Tensor input)
    {
        var low = nn.functional.linear(input.to(down.dtype), down);
        return nn.functional.linear(low, up).mul_(scale).to(input.dtype);
    }

    /// <summary>The layer's weight with the change in it, as a tensor of its own: [outputs, inputs].</summary>
    public Tensor AddedTo(Tensor weight) => weight.add(Weight().to(weight.dtype));

    /// <summary>What to add to the layer's weight: [outputs, inputs].</summary>
    public Tensor Weight() => up.matmul(down).mul_(scale);
}
