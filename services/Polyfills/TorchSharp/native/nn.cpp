// Layers, losses and the optimizer's step.
#include "abi.h"

#include <ATen/Parallel.h>

#include <cmath>

MAKE(linear, (const Tensor& input, const Tensor& weight, const Tensor* bias), at::linear(input, weight, maybe_tensor(bias)))
MAKE(embedding, (const Tensor& weight, const Tensor& indices, int64_t padding, bool scale_by_frequency, bool sparse),
     at::embedding(weight, indices, padding, scale_by_frequency, sparse))
MAKE(softmax, (const Tensor& a, int64_t dim, int32_t type), at::softmax(a, dim, maybe_type(type)))
MAKE(log_softmax, (const Tensor& a, int64_t dim, int32_t type), at::log_softmax(a, dim, maybe_type(type)))
MAKE(dropout, (const Tensor& a, double p, bool training), at::dropout(a, p, training))
MAKE(cross_entropy, (const Tensor& input, const Tensor& target, const Tensor* weight, int64_t ignored, int64_t reduction, double smoothing),
     at::cross_entropy_loss(input, target, maybe_tensor(weight), reduction, ignored, smoothing))
MAKE(nll_loss, (const Tensor& input, const Tensor& target, const Tensor* weight, int64_t reduction),
     at::nll_loss(input, target, maybe_tensor(weight), reduction))
MAKE(kl_div, (const Tensor& input, const Tensor& target, int64_t reduction, bool log_target),
     at::kl_div(input, target, reduction, log_target))

// Scales the gradients together to a norm of at most max_norm and returns the norm they had, as
// torch.nn.utils.clip_grad_norm_ does.
DO(clip_grad_norm_, (Tensors parameters, double max_norm, double norm_type, double* total), {
  at::NoGradGuard no_grad;
  std::vector<Tensor> gradients;
  std::vector<Tensor> norms;
  for (const auto& parameter : parameters.vector()) {
    if (parameter.grad().defined()) {
      gradients.push_back(parameter.grad());
      norms.push_back(std::isinf(norm_type) ? gradients.back().abs().max() : gradients.back().norm(norm_type));
    }
  }
  *total = 0;
  if (!gradients.empty()) {
    auto device = norms[0].device();
    for (auto& norm : norms) {
      norm = norm.to(device);
    }
    auto stacked = at::stack(norms);
    *total = (std::isinf(norm_type) ? stacked.max() : stacked.norm(norm_type)).item<double>();
    auto factor = max_norm / (*total + 1e-6);
    if (!(factor >= 1)) { // also when it is not a number, as there
      for (auto& gradient : gradients) {
        gradient.mul_(factor);
      }
    }
  }
})

namespace {

struct AdamW {
  double lr, beta1, beta2, eps, weight_decay;
};

// One update of count elements. A single pass over memory: the operators of ATen would take ten.
#if defined(__x86_64__)
__attribute__((target_clones("avx2", "default")))
#endif
void adamw_elements(
    float* parameter, const float* gradient, float* average, float* square, int64_t count, float decay, float beta1, float rest1,
    float beta2, float rest2, float root_correction2, float eps, float step_size) {
  for (int64_t i = 0; i < count; i++) {
    float g = gradient[i];
    float m = average[i] * beta1 + g * rest1;
    float v = square[i] * beta2 + g * g * rest2;
    average[i] = m;
    square[i] = v;
    parameter[i] = parameter[i] * decay - step_size * (m / (std::sqrt(v) / root_correction2 + eps));
  }
}

void adamw_step(Tensor& parameter, const Tensor& gradient, Tensor& average, Tensor& square, int64_t step, const AdamW& options) {
  double correction1 = 1 - std::pow(options.beta1, step);
  double root_correction2 = std::sqrt(1 - std::pow(options.beta2, step));
  double decay = 1 - options.lr * options.weight_decay;
  double step_size = options.lr / correction1;

  auto is_plain = [](const Tensor& tensor) {
    return tensor.device().is_cpu() && tensor.scalar_type() == at::kFloat && tensor.is_contiguous();
  };
  if (is_plain(parameter) && is_plain(gradient) && is_plain(average) && is_plain(square)) {
    auto* p = parameter.data_ptr<float>();
    auto* g = gradient.data_ptr<float>();
    auto* m = average.data_ptr<float>();
    auto* v = square.data_ptr<float>();
    at::parallel_for(0, parameter.numel(), at::internal::GRAIN_SIZE, [&](int64_t first, int64_t last) {
      adamw_elements(
          p + first, g + first, m + first, v + first, last - first, static_cast<float>(decay), static_cast<float>(options.beta1),
          static_cast<float>(1 - options.beta1), static_cast<float>(options.beta2), static_cast<float>(1 - options.beta2),
          static_cast<float>(root_correction2), static_cast<float>(options.eps), static_cast<float>(step_size));
    });
  } else {
    parameter.mul_(decay);
    average.mul_(options.beta1).add_(gradient, 1 - options.beta1);
    square.mul_(options.beta2).addcmul_(gradient, gradient, 1 - options.beta2);
    parameter.addcdiv_(average, (square.sqrt() / root_correction2).add_(options.eps), -step_size);
  }
}

}  // namespace

// AdamW's update of one parameter whose gradient is defined (Loshchilov and Hutter, arXiv 1711.05101).
// step counts from one and includes this one.
DO(adamw_step, (Tensor& parameter, Tensor& average, Tensor& square, int64_t step, const AdamW& options), {
  at::NoGradGuard no_grad;
  adamw_step(parameter, parameter.grad(), average, square, step, options);
})
