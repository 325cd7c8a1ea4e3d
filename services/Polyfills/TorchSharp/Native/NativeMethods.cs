using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

// Arguments and results go to and from the C functions as they are; a bool is a byte.
[assembly: DisableRuntimeMarshalling]

namespace TorchSharp.PInvoke;

/// <summary>The C functions of native/, each named as there. Tensors are pointers to at::Tensor.</summary>
internal static unsafe partial class NativeMethods
{
    private const string Library = "torchsharp_abi";

    /// <summary>
    /// The tensor behind a pointer that a function returned. The operands are passed so that they are not finalized while
    /// the function runs: nothing else may refer to them any more.
    /// </summary>
    /// <exception cref="ExternalException">The function failed; the message is libtorch's.</exception>
    internal static torch.Tensor Result(nint result, object? first = null, object? second = null, object? third = null)
    {
        GC.KeepAlive(first);
        GC.KeepAlive(second);
        GC.KeepAlive(third);
        return result != 0 ? new torch.Tensor(result) : throw LastError();
    }

    /// <summary>Throws libtorch's error if a function did not succeed. Operands are kept as by <see cref="Result"/>.</summary>
    internal static void Check(bool succeeded, object? first = null, object? second = null, object? third = null)
    {
        GC.KeepAlive(first);
        GC.KeepAlive(second);
        GC.KeepAlive(third);
        if (!succeeded)
            throw LastError();
    }

    /// <summary>The operand that a function changed in place, or libtorch's error.</summary>
    internal static torch.Tensor Changed(bool succeeded, torch.Tensor changed, object? second = null, object? third = null)
    {
        Check(succeeded, changed, second, third);
        return changed;
    }

    internal static ExternalException LastError() => new(Marshal.PtrToStringUTF8(ts_last_error()));

    /// <summary>The pointers of tensors, for a function that takes several. The tensors must be kept alive by the caller.</summary>
    internal static nint[] Handles(ReadOnlySpan<torch.Tensor> tensors)
    {
        var handles = new nint[tensors.Length];
        for (var i = 0; i < handles.Length; i++)
            handles[i] = tensors[i].Handle;
        return handles;
    }
}

/// <summary>A scalar: kind 0 is an integer, 1 a floating-point number (its bits), 2 a boolean, -1 none.</summary>
internal readonly record struct Number(long Kind, long Bits)
{
    internal static readonly Number None = new(-1, 0);
    internal static readonly Number One = new(0, 1);
}

/// <summary>A list of sizes or dimensions in pinned memory.</summary>
internal readonly unsafe struct Longs(long* first, int count)
{
    public readonly long* First = first;
    public readonly long Count = count;
}

/// <summary>A list of tensors in pinned memory.</summary>
internal readonly unsafe struct Tensors(nint* first, int count)
{
    public readonly nint* First = first;
    public readonly long Count = count;
}

/// <summary>Element type (-1 for the default), device and gradient of a tensor to be made.</summary>
internal readonly struct TensorOptions(torch.ScalarType? dtype, torch.Device? device, bool requiresGrad)
{
    public readonly int Type = dtype is { } type ? (int)type : -1;
    public readonly int DeviceType = (int)(device?.type ?? TorchSharp.DeviceType.CPU);
    public readonly int DeviceIndex = device?.index ?? -1;
    public readonly int RequiresGrad = requiresGrad ? 1 : 0;
}

/// <summary>What an index takes of a dimension: kind 0 a new one, 1 one element, 2 all between, 3 a slice, 4 a tensor's.</summary>
internal struct IndexPart
{
    public long Kind, Start, Stop, Step;
    public nint Tensor;
}

internal struct AdamWOptions
{
    public double LearningRate, Beta1, Beta2, Eps, WeightDecay;
}
