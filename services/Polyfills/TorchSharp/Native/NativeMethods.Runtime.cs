using System.Runtime.InteropServices;

namespace TorchSharp.PInvoke;

// What native/runtime.cpp has: lifetime, properties, factories, gradients, random numbers, devices.
internal static unsafe partial class NativeMethods
{
    [DllImport(Library)] internal static extern nint ts_last_error();
    [DllImport(Library)] internal static extern void ts_delete(nint a);
    [SuppressGCTransition]
    [DllImport(Library)] internal static extern long ts_dim(nint a);
    [SuppressGCTransition]
    [DllImport(Library)] internal static extern long ts_numel(nint a);
    [SuppressGCTransition]
    [DllImport(Library)] internal static extern long ts_element_size(nint a);
    [SuppressGCTransition]
    [DllImport(Library)] internal static extern int ts_type(nint a);
    [SuppressGCTransition]
    [DllImport(Library)] internal static extern int ts_device_type(nint a);
    [SuppressGCTransition]
    [DllImport(Library)] internal static extern int ts_device_index(nint a);
    [SuppressGCTransition]
    [DllImport(Library)] internal static extern bool ts_is_contiguous(nint a);
    [SuppressGCTransition]
    [DllImport(Library)] internal static extern bool ts_is_leaf(nint a);
    [SuppressGCTransition]
    [DllImport(Library)] internal static extern bool ts_requires_grad(nint a);
    [SuppressGCTransition]
    [DllImport(Library)] internal static extern long ts_storage_offset(nint a);
    [SuppressGCTransition]
    [DllImport(Library)] internal static extern nint ts_data(nint a);
    [SuppressGCTransition]
    [DllImport(Library)] internal static extern void ts_sizes(nint a, long* sizes);
    [SuppressGCTransition]
    [DllImport(Library)] internal static extern void ts_strides(nint a, long* strides);
    [DllImport(Library)] internal static extern bool ts_set_requires_grad(nint a, bool requiresGrad);
    [DllImport(Library)] internal static extern bool ts_retain_grad(nint a);
    [DllImport(Library)] internal static extern nint ts_grad(nint a);
    [DllImport(Library)] internal static extern bool ts_set_grad(nint a, nint grad);
    [DllImport(Library)] internal static extern bool ts_backward(nint a, nint gradient, bool retainGraph, bool createGraph);
    [SuppressGCTransition]
    [DllImport(Library)] internal static extern bool ts_grad_mode();
    [SuppressGCTransition]
    [DllImport(Library)] internal static extern void ts_set_grad_mode(bool enabled);
    [SuppressGCTransition]
    [DllImport(Library)] internal static extern bool ts_inference_mode();
    [DllImport(Library)] internal static extern nint ts_inference_guard(bool enabled);
    [DllImport(Library)] internal static extern void ts_inference_guard_delete(nint guard);
    [DllImport(Library)] internal static extern nint ts_empty(Longs sizes, TensorOptions options);
    [DllImport(Library)] internal static extern nint ts_zeros(Longs sizes, TensorOptions options);
    [DllImport(Library)] internal static extern nint ts_ones(Longs sizes, TensorOptions options);
    [DllImport(Library)] internal static extern nint ts_full(Longs sizes, Number value, TensorOptions options);
    [DllImport(Library)] internal static extern nint ts_eye(long rows, long columns, TensorOptions options);
    [DllImport(Library)] internal static extern nint ts_arange(Number start, Number stop, Number step, TensorOptions options);
    [DllImport(Library)] internal static extern nint ts_rand(Longs sizes, nint generator, TensorOptions options);
    [DllImport(Library)] internal static extern nint ts_randn(Longs sizes, nint generator, TensorOptions options);
    [DllImport(Library)] internal static extern nint ts_randint(long low, long high, Longs sizes, nint generator, TensorOptions options);
    [DllImport(Library)] internal static extern nint ts_randperm(long n, nint generator, TensorOptions options);
    [DllImport(Library)] internal static extern nint ts_multinomial(nint a, long samples, bool replacement, nint generator);
    [DllImport(Library)] internal static extern bool ts_normal_(nint a, double mean, double std, nint generator);
    [DllImport(Library)] internal static extern bool ts_uniform_(nint a, double from, double to, nint generator);
    [DllImport(Library)] internal static extern bool ts_manual_seed(long seed);
    [DllImport(Library)] internal static extern nint ts_generator_default();
    [DllImport(Library)] internal static extern nint ts_generator(ulong seed, int deviceType, int deviceIndex);
    [DllImport(Library)] internal static extern void ts_generator_delete(nint generator);
    [DllImport(Library)] internal static extern long ts_generator_initial_seed(nint generator);
    [DllImport(Library)] internal static extern bool ts_generator_seed(nint generator, long seed);
    [DllImport(Library)] internal static extern nint ts_generator_state(nint generator);
    [DllImport(Library)] internal static extern bool ts_generator_set_state(nint generator, nint state);
    [DllImport(Library)] internal static extern int ts_cuda_device_count();
    [DllImport(Library)] internal static extern bool ts_cuda_synchronize(int index);
    [DllImport(Library)] internal static extern int ts_get_num_threads();
    [DllImport(Library)] internal static extern bool ts_set_num_threads(int count);
}
