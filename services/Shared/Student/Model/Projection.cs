using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace StreamDistill.Student;

/// <summary>A linear layer of the decoder, with the low-rank change that an adapter gives it.</summary>
internal sealed class Projection(string name, Parameter weight, Parameter? bias)
{
    /// <summary>Its Hugging Face name without .weight, such as model.layers.0.self_attn.q_proj.</summary>
    public string Name => name;

    /// <summary>[outputs, inputs].</summary>
    public Parameter Weight => weight;

    /// <summary>The adapter's part, unless there is none or it is merged.</summary>
    public LowRankChange? Change { get; set; }

    /// <param name="input">[rows, inputs].</param>
    /// <returns>[rows, outputs].</returns>
    public Tensor Forward(Tensor input)
    {
        var output = Linear.Forward(input, weight, bias);
        return Change is null ? output : output.add_(Change.Forward(input));
    }
}
