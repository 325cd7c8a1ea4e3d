// Lifetime and properties of tensors, factories, gradients, random numbers, devices and threads.
#include "abi.h"

#include <ATen/Parallel.h>
#include <ATen/core/grad_mode.h>
#include <c10/core/InferenceMode.h>
#include <c10/core/impl/DeviceGuardImplInterface.h>

#include <dlfcn.h>

#include <mutex>
#include <string>

namespace {
thread_local std::string last_error;
}

void remember_error(const char* message) noexcept {
  last_error = message;
}

EXPORT const char* ts_last_error() noexcept {
  return last_error.c_str();
}

// Lifetime and properties: none of these can fail.
EXPORT void ts_delete(Tensor* a) noexcept { delete a; }
EXPORT int64_t ts_dim(const Tensor& a) noexcept { return a.dim(); }
EXPORT int64_t ts_numel(const Tensor& a) noexcept { return a.numel(); }
EXPORT int64_t ts_element_size(const Tensor& a) noexcept { return a.element_size(); }
EXPORT int32_t ts_type(const Tensor& a) noexcept { return static_cast<int32_t>(a.scalar_type()); }
EXPORT int32_t ts_device_type(const Tensor& a) noexcept { return static_cast<int32_t>(a.device().type()); }
EXPORT int32_t ts_device_index(const Tensor& a) noexcept { return a.device().index(); }
EXPORT bool ts_is_contiguous(const Tensor& a) noexcept { return a.is_contiguous(); }
EXPORT bool ts_is_leaf(const Tensor& a) noexcept { return a.is_leaf(); }
EXPORT bool ts_requires_grad(const Tensor& a) noexcept { return a.requires_grad(); }
EXPORT int64_t ts_storage_offset(const Tensor& a) noexcept { return a.storage_offset(); }
EXPORT void* ts_data(const Tensor& a) noexcept { return a.data_ptr(); }
EXPORT void ts_sizes(const Tensor& a, int64_t* sizes) noexcept {
  std::memcpy(sizes, a.sizes().data(), a.dim() * sizeof(int64_t));
}
EXPORT void ts_strides(const Tensor& a, int64_t* strides) noexcept {
  std::memcpy(strides, a.strides().data(), a.dim() * sizeof(int64_t));
}

// Gradients.
DO(set_requires_grad, (Tensor& a, bool requires_grad), a.set_requires_grad(requires_grad))
DO(retain_grad, (Tensor& a), a.retain_grad())
EXPORT Tensor* ts_grad(const Tensor& a) noexcept {
  return a.grad().defined() ? make<Tensor>([&] { return a.grad(); }) : nullptr;
}
DO(set_grad, (Tensor& a, const Tensor* grad), a.mutable_grad() = grad == nullptr ? Tensor() : *grad)
DO(backward, (const Tensor& a, const Tensor* gradient, bool retain_graph, bool create_graph),
   a.backward(gradient == nullptr ? Tensor() : *gradient, retain_graph, create_graph))
EXPORT bool ts_grad_mode() noexcept { return at::GradMode::is_enabled(); }
EXPORT void ts_set_grad_mode(bool enabled) noexcept { at::GradMode::set_enabled(enabled); }
EXPORT bool ts_inference_mode() noexcept { return c10::InferenceMode::is_enabled(); }
EXPORT c10::InferenceMode* ts_inference_guard(bool enabled) noexcept { return new c10::InferenceMode(enabled); }
EXPORT void ts_inference_guard_delete(c10::InferenceMode* guard) noexcept { delete guard; }

// Factories.
namespace {
Tensor with_grad(Tensor tensor, const Options& options) {
  return options.requires_grad != 0 ? tensor.set_requires_grad(true) : tensor;
}
}  // namespace

MAKE(empty, (Longs sizes, Options options), with_grad(at::empty(sizes, options), options))
MAKE(zeros, (Longs sizes, Options options), with_grad(at::zeros(sizes, options), options))
MAKE(ones, (Longs sizes, Options options), with_grad(at::ones(sizes, options), options))
MAKE(full, (Longs sizes, Number value, Options options), with_grad(at::full(sizes, value, options), options))
MAKE(eye, (int64_t rows, int64_t columns, Options options), with_grad(at::eye(rows, columns, options), options))
MAKE(arange, (Number start, Number stop, Number step, Options options), with_grad(at::arange(start, stop, step, options), options))
MAKE(rand, (Longs sizes, const at::Generator* generator, Options options),
     with_grad(at::rand(sizes, maybe_generator(generator), options), options))
MAKE(randn, (Longs sizes, const at::Generator* generator, Options options),
     with_grad(at::randn(sizes, maybe_generator(generator), options), options))
MAKE(randint, (int64_t low, int64_t high, Longs sizes, const at::Generator* generator, Options options),
     with_grad(at::randint(low, high, sizes, maybe_generator(generator), options), options))
MAKE(randperm, (int64_t n, const at::Generator* generator, Options options),
     with_grad(at::randperm(n, maybe_generator(generator), options), options))
MAKE(multinomial, (const Tensor& a, int64_t samples, bool replacement, const at::Generator* generator),
     a.multinomial(samples, replacement, maybe_generator(generator)))
DO(normal_, (Tensor& a, double mean, double std, const at::Generator* generator), a.normal_(mean, std, maybe_generator(generator)))
DO(uniform_, (Tensor& a, double from, double to, const at::Generator* generator), a.uniform_(from, to, maybe_generator(generator)))

// Random numbers. A generator is a pointer to at::Generator.
namespace {
at::Generator& default_generator(int32_t device_type, int32_t device_index) {
  return const_cast<at::Generator&>(at::globalContext().defaultGenerator(
      at::Device(static_cast<at::DeviceType>(device_type), static_cast<int8_t>(device_index))));
}
}  // namespace

DO(manual_seed, (int64_t seed), at::manual_seed(static_cast<uint64_t>(seed)))
EXPORT at::Generator* ts_generator_default() noexcept {
  return make<at::Generator>([&] { return default_generator(static_cast<int32_t>(at::kCPU), -1); });
}
EXPORT at::Generator* ts_generator(uint64_t seed, int32_t device_type, int32_t device_index) noexcept {
  return make<at::Generator>([&] {
    auto generator = default_generator(device_type, device_index).clone();
    generator.set_current_seed(seed);
    return generator;
  });
}
EXPORT void ts_generator_delete(at::Generator* generator) noexcept { delete generator; }
EXPORT int64_t ts_generator_initial_seed(const at::Generator& generator) noexcept {
  return static_cast<int64_t>(generator.current_seed());
}
DO(generator_seed, (at::Generator& generator, int64_t seed), {
  std::lock_guard<std::mutex> lock(generator.mutex());
  generator.set_current_seed(static_cast<uint64_t>(seed));
})
MAKE(generator_state, (at::Generator& generator), [&] {
  std::lock_guard<std::mutex> lock(generator.mutex());
  return generator.get_state();
}())
DO(generator_set_state, (at::Generator& generator, const Tensor& state), {
  std::lock_guard<std::mutex> lock(generator.mutex());
  generator.set_state(state);
})

// Devices.
EXPORT int32_t ts_cuda_device_count() noexcept {
  int32_t count = 0;
  run([&] {
    if (c10::impl::hasDeviceGuardImpl(c10::DeviceType::CUDA)) {
      count = c10::impl::getDeviceGuardImpl(c10::DeviceType::CUDA)->deviceCount();
    }
  });
  return count;
}
DO(cuda_synchronize, (int32_t index), at::detail::getCUDAHooks().deviceSynchronize(static_cast<int8_t>(index)))

// Threads. OpenBLAS may have a pool of its own, which OpenMP's setting does not reach.
EXPORT int32_t ts_get_num_threads() noexcept { return at::get_num_threads(); }
DO(set_num_threads, (int32_t count), {
  at::set_num_threads(count);
  if (auto set_blas_threads = reinterpret_cast<void (*)(int)>(dlsym(RTLD_DEFAULT, "openblas_set_num_threads"))) {
    set_blas_threads(count);
  }
})
