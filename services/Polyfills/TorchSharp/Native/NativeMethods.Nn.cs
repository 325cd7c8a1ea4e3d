using System.Runtime.InteropServices;

namespace TorchSharp.PInvoke;

// The layers, losses and optimizer steps of native/nn.cpp.
internal static unsafe partial class NativeMethods
{
    [DllImport(Library)] internal static extern nint ts_linear(nint input, nint weight, nint bias);
    [DllImport(Library)]
    internal static extern nint ts_embedding(nint weight, nint indices, long padding, bool scaleByFrequency, bool sparse);
    [DllImport(Library)] internal static extern nint ts_softmax(nint a, long dim, int type);
    [DllImport(Library)] internal static extern nint ts_log_softmax(nint a, long dim, int type);
    [DllImport(Library)] internal static extern nint ts_dropout(nint a, double p, bool training);
    [DllImport(Library)]
    internal static extern nint ts_cross_entropy(nint input, nint target, nint weight, long ignored, long reduction, double smoothing);
    [DllImport(Library)] internal static extern nint ts_nll_loss(nint input, nint target, nint weight, long reduction);
    [DllImport(Library)] internal static extern nint ts_kl_div(nint input, nint target, long reduction, bool logTarget);
    [DllImport(Library)] internal static extern bool ts_clip_grad_norm_(Tensors parameters, double maxNorm, double normType, double* total);
    [DllImport(Library)]
    internal static extern bool ts_adamw_step(nint parameter, nint average, nint square, long step, AdamWOptions* options);
}
