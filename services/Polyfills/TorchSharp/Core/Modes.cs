using TorchSharp.PInvoke;

namespace TorchSharp;

public static partial class torch
{
    /// <summary>Operators record nothing for gradients, on this thread, until it is disposed.</summary>
    public static IDisposable no_grad() => new GradMode(false);

    /// <summary>Operators record for gradients, on this thread, until it is disposed.</summary>
    public static IDisposable enable_grad(bool enabled = true) => new GradMode(enabled);

    /// <summary>Do operators record for gradients on this thread?</summary>
    public static bool is_grad_enabled() => NativeMethods.ts_grad_mode();

    /// <summary>As <see cref="no_grad"/>, and tensors made meanwhile never take part in gradients: less work for each operator.</summary>
    public static IDisposable inference_mode(bool mode = true) => new InferenceMode(mode);

    /// <summary>Is this thread in inference mode?</summary>
    public static bool is_inference_mode_enabled() => NativeMethods.ts_inference_mode();

    /// <summary>How many threads one operator may use.</summary>
    public static int get_num_threads() => NativeMethods.ts_get_num_threads();

    /// <summary>Sets how many threads one operator may use.</summary>
    public static void set_num_threads(int num) => NativeMethods.Check(NativeMethods.ts_set_num_threads(num));

    private sealed class GradMode : IDisposable
    {
        private readonly bool _before = NativeMethods.ts_grad_mode();

        internal GradMode(bool enabled) => NativeMethods.ts_set_grad_mode(enabled);

        public void Dispose() => NativeMethods.ts_set_grad_mode(_before);
    }

    private sealed class InferenceMode(bool mode) : IDisposable
    {
        private nint _guard = NativeMethods.ts_inference_guard(mode);

        public void Dispose()
        {
            if (_guard != 0)
                NativeMethods.ts_inference_guard_delete(_guard);
            _guard = 0;
        }
    }
}
