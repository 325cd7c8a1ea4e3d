using TorchSharp;
using static TorchSharp.torch;

namespace StreamDistill.Student;

/// <summary>Products with a weight matrix.</summary>
internal static class Linear
{
    /// <param name="input">[rows, inputs].</param>
    /// <param name="weight">[outputs, inputs].</param>
    /// <param name="bias">[outputs], or null.</param>
    /// <returns>[rows, outputs].</returns>
    public static Tensor Forward(Tensor input, Tensor weight, Tensor? bias = null)
    {
        if (input.shape[0] != 1 || input.device_type != DeviceType.CPU)
        {
            return nn.functional.linear(input, weight, bias);
        }

        // A matrix product on the CPU copies the weights into blocks first, which for one row takes three times as long as the rest.
        using var vector = input.view(-1);
        using var product = weight.matmul(vector);
        return (bias is null ? product : product.add_(bias)).unsqueeze(0);
    }
}
