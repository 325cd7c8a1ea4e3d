// The operators of tensors.
#include "abi.h"

namespace {

// Which part of a dimension an index takes; the kinds are those of TensorIndex in C#.
struct Index {
  int64_t kind; // 0 none (a new dimension), 1 one element, 2 ellipsis, 3 slice, 4 tensor
  int64_t start, stop, step;
  const Tensor* tensor;
};

// Applies all but the tensors of an index expression as views and lists the tensors by the dimension they index.
Tensor view_of(const Tensor& self, const Index* indices, int64_t count, c10::List<Optional<Tensor>>& tensors) {
  int64_t consumed = 0;
  for (int64_t i = 0; i < count; i++) {
    const auto& index = indices[i];
    bool mask = index.kind == 4 && (index.tensor->scalar_type() == at::kBool || index.tensor->scalar_type() == at::kByte);
    consumed += mask ? index.tensor->dim() : index.kind == 1 || index.kind == 3 || index.kind == 4;
  }
  TORCH_CHECK_INDEX(consumed <= self.dim(), "too many indices for tensor of dimension ", self.dim());

  Tensor view = self;
  int64_t dim = 0;
  auto place = [&](const Tensor& tensor) {
    while (static_cast<int64_t>(tensors.size()) < dim) {
      tensors.push_back(Optional<Tensor>());
    }
    tensors.push_back(Optional<Tensor>(tensor));
    dim = static_cast<int64_t>(tensors.size());
    if (tensor.scalar_type() == at::kBool || tensor.scalar_type() == at::kByte) {
      dim += tensor.dim() - 1; // a mask covers as many dimensions as it has
    }
  };
  for (int64_t i = 0; i < count; i++) {
    const auto& index = indices[i];
    switch (index.kind) {
      case 0: view = view.unsqueeze(dim++); break;
      case 1: view = view.select(dim, index.start); break;
      case 2: dim += self.dim() - consumed; break;
      case 3: view = view.slice(dim, index.start, index.stop, index.step); dim++; break;
      default: place(*index.tensor); break;
    }
  }
  return view;
}

}  // namespace

MAKE(index, (const Tensor& a, const Index* indices, int64_t count), [&] {
  c10::List<Optional<Tensor>> tensors;
  auto view = view_of(a, indices, count, tensors);
  return tensors.empty() ? view.alias() : view.index(tensors);
}())
DO(index_put_, (Tensor& a, const Index* indices, int64_t count, const Tensor& value, bool accumulate), {
  c10::List<Optional<Tensor>> tensors;
  auto view = view_of(a, indices, count, tensors);
  if (!tensors.empty()) {
    view.index_put_(tensors, value.to(a.device()), accumulate);
  } else if (accumulate) {
    view.add_(value);
  } else {
    view.copy_(value);
  }
})

// Shape.
MAKE(alias, (const Tensor& a), a)
MAKE(view, (const Tensor& a, Longs shape), a.view(shape))
MAKE(reshape, (const Tensor& a, Longs shape), a.reshape(shape))
MAKE(flatten, (const Tensor& a, int64_t start, int64_t end), a.flatten(start, end))
MAKE(permute, (const Tensor& a, Longs dims), a.permute(dims))
MAKE(transpose, (const Tensor& a, int64_t first, int64_t second), a.transpose(first, second))
MAKE(t, (const Tensor& a), a.t())
MAKE(unsqueeze, (const Tensor& a, int64_t dim), a.unsqueeze(dim))
MAKE(squeeze, (const Tensor& a), a.squeeze())
MAKE(squeeze_dim, (const Tensor& a, int64_t dim), a.squeeze(dim))
MAKE(expand, (const Tensor& a, Longs sizes, bool implicit), a.expand(sizes, implicit))
MAKE(narrow, (const Tensor& a, int64_t dim, int64_t start, int64_t length), a.narrow(dim, start, length))
MAKE(slice, (const Tensor& a, int64_t dim, int64_t start, int64_t finish, int64_t step), a.slice(dim, start, finish, step))
MAKE(select, (const Tensor& a, int64_t dim, int64_t index), a.select(dim, index))
MAKE(contiguous, (const Tensor& a), a.contiguous())
MAKE(repeat, (const Tensor& a, Longs sizes), a.repeat(sizes))
MAKE(repeat_interleave, (const Tensor& a, int64_t repeats, bool has_dim, int64_t dim),
     a.repeat_interleave(repeats, has_dim ? Optional<int64_t>(dim) : Optional<int64_t>()))
MAKE(flip, (const Tensor& a, Longs dims), a.flip(dims))
MAKE(roll, (const Tensor& a, Longs shifts, Longs dims), a.roll(shifts, dims))
MAKE(triu, (const Tensor& a, int64_t diagonal), a.triu(diagonal))
MAKE(tril, (const Tensor& a, int64_t diagonal), a.tril(diagonal))
MAKE(cat, (Tensors tensors, int64_t dim), at::cat(tensors.vector(), dim))
MAKE(stack, (Tensors tensors, int64_t dim), at::stack(tensors.vector(), dim))
DO(split, (const Tensor& a, int64_t size, int64_t dim, Tensor** results), hand_over(a.split(size, dim), results))
DO(split_sizes, (const Tensor& a, Longs sizes, int64_t dim, Tensor** results),
   hand_over(a.split_with_sizes(sizes, dim), results))
DO(chunk, (const Tensor& a, int64_t chunks, int64_t dim, Tensor** results, int64_t* count), {
  auto pieces = a.chunk(chunks, dim);
  *count = static_cast<int64_t>(pieces.size());
  hand_over(pieces, results);
})

// Picking and placing.
MAKE(index_select, (const Tensor& a, int64_t dim, const Tensor& index), a.index_select(dim, index))
MAKE(gather, (const Tensor& a, int64_t dim, const Tensor& index), a.gather(dim, index))
MAKE(scatter, (const Tensor& a, int64_t dim, const Tensor& index, const Tensor& source), a.scatter(dim, index, source))
DO(scatter_, (Tensor& a, int64_t dim, const Tensor& index, const Tensor& source), a.scatter_(dim, index, source))
MAKE(scatter_add, (const Tensor& a, int64_t dim, const Tensor& index, const Tensor& source), a.scatter_add(dim, index, source))
DO(scatter_add_, (Tensor& a, int64_t dim, const Tensor& index, const Tensor& source), a.scatter_add_(dim, index, source))
DO(index_copy_, (Tensor& a, int64_t dim, const Tensor& index, const Tensor& source), a.index_copy_(dim, index, source))
DO(index_add_, (Tensor& a, int64_t dim, const Tensor& index, const Tensor& source, Number alpha),
   a.index_add_(dim, index, source, alpha))
DO(index_fill_, (Tensor& a, int64_t dim, const Tensor& index, Number value), a.index_fill_(dim, index, value))
MAKE(masked_fill, (const Tensor& a, const Tensor& mask, Number value), a.masked_fill(mask, value.value()))
DO(masked_fill_, (Tensor& a, const Tensor& mask, Number value), a.masked_fill_(mask, value.value()))
MAKE(masked_select, (const Tensor& a, const Tensor& mask), a.masked_select(mask))
MAKE(where, (const Tensor& condition, const Tensor& a, const Tensor& b), at::where(condition, a, b))
MAKE(nonzero, (const Tensor& a), a.nonzero())

// Element by element.
MAKE(abs, (const Tensor& a), a.abs())
MAKE(neg, (const Tensor& a), a.neg())
MAKE(exp, (const Tensor& a), a.exp())
MAKE(log, (const Tensor& a), a.log())
MAKE(sqrt, (const Tensor& a), a.sqrt())
MAKE(rsqrt, (const Tensor& a), a.rsqrt())
MAKE(reciprocal, (const Tensor& a), a.reciprocal())
MAKE(sin, (const Tensor& a), a.sin())
MAKE(cos, (const Tensor& a), a.cos())
MAKE(tanh, (const Tensor& a), a.tanh())
MAKE(sigmoid, (const Tensor& a), a.sigmoid())
MAKE(silu, (const Tensor& a), at::silu(a))
MAKE(floor, (const Tensor& a), a.floor())
MAKE(ceil, (const Tensor& a), a.ceil())
MAKE(round, (const Tensor& a, int64_t decimals), a.round(decimals))
MAKE(isfinite, (const Tensor& a), a.isfinite())
MAKE(isnan, (const Tensor& a), a.isnan())
MAKE(isinf, (const Tensor& a), a.isinf())
MAKE(logical_not, (const Tensor& a), a.logical_not())
MAKE(bitwise_not, (const Tensor& a), a.bitwise_not())
DO(neg_, (Tensor& a), a.neg_())
DO(exp_, (Tensor& a), a.exp_())
DO(sqrt_, (Tensor& a), a.sqrt_())
DO(silu_, (Tensor& a), at::silu_(a))
DO(zero_, (Tensor& a), a.zero_())
DO(fill_, (Tensor& a, Number value), a.fill_(value.value()))
DO(copy_, (Tensor& a, const Tensor& source, bool non_blocking), a.copy_(source, non_blocking))

MAKE(add, (const Tensor& a, const Tensor& b, Number alpha), a.add(b, alpha))
MAKE(sub, (const Tensor& a, const Tensor& b), a.sub(b))
MAKE(mul, (const Tensor& a, const Tensor& b), a.mul(b))
MAKE(div, (const Tensor& a, const Tensor& b), a.div(b))
MAKE(div_mode, (const Tensor& a, const Tensor& b, bool floor), a.div(b, floor ? "floor" : "trunc"))
MAKE(pow, (const Tensor& a, const Tensor& b), a.pow(b))
MAKE(remainder, (const Tensor& a, const Tensor& b), a.remainder(b))
MAKE(maximum, (const Tensor& a, const Tensor& b), at::maximum(a, b))
MAKE(minimum, (const Tensor& a, const Tensor& b), at::minimum(a, b))
MAKE(logical_and, (const Tensor& a, const Tensor& b), a.logical_and(b))
MAKE(logical_or, (const Tensor& a, const Tensor& b), a.logical_or(b))
MAKE(logical_xor, (const Tensor& a, const Tensor& b), a.logical_xor(b))
MAKE(bitwise_and, (const Tensor& a, const Tensor& b), a.bitwise_and(b))
MAKE(bitwise_or, (const Tensor& a, const Tensor& b), a.bitwise_or(b))
MAKE(bitwise_xor, (const Tensor& a, const Tensor& b), a.bitwise_xor(b))
DO(add_, (Tensor& a, const Tensor& b, Number alpha), a.add_(b, alpha))
DO(sub_, (Tensor& a, const Tensor& b), a.sub_(b))
DO(mul_, (Tensor& a, const Tensor& b), a.mul_(b))
DO(div_, (Tensor& a, const Tensor& b), a.div_(b))
DO(logical_and_, (Tensor& a, const Tensor& b), a.logical_and_(b))
DO(logical_or_, (Tensor& a, const Tensor& b), a.logical_or_(b))
DO(addcmul_, (Tensor& a, const Tensor& b, const Tensor& c, Number value), a.addcmul_(b, c, value))
DO(addcdiv_, (Tensor& a, const Tensor& b, const Tensor& c, Number value), a.addcdiv_(b, c, value))

MAKE(add_scalar, (const Tensor& a, Number b, Number alpha), a.add(b.value(), alpha))
MAKE(sub_scalar, (const Tensor& a, Number b), a.sub(b.value()))
MAKE(mul_scalar, (const Tensor& a, Number b), a.mul(b.value()))
MAKE(div_scalar, (const Tensor& a, Number b), a.div(b.value()))
MAKE(div_scalar_mode, (const Tensor& a, Number b, bool floor), a.div(b.value(), floor ? "floor" : "trunc"))
MAKE(pow_scalar, (const Tensor& a, Number b), a.pow(b.value()))
MAKE(remainder_scalar, (const Tensor& a, Number b), a.remainder(b.value()))
MAKE(clamp, (const Tensor& a, Number min, Number max), a.clamp(min.maybe(), max.maybe()))
DO(add_scalar_, (Tensor& a, Number b, Number alpha), a.add_(b.value(), alpha))
DO(sub_scalar_, (Tensor& a, Number b), a.sub_(b.value()))
DO(mul_scalar_, (Tensor& a, Number b), a.mul_(b.value()))
DO(div_scalar_, (Tensor& a, Number b), a.div_(b.value()))
DO(pow_scalar_, (Tensor& a, Number b), a.pow_(b.value()))
DO(clamp_, (Tensor& a, Number min, Number max), a.clamp_(min.maybe(), max.maybe()))

// Comparison.
MAKE(eq, (const Tensor& a, const Tensor& b), a.eq(b))
MAKE(ne, (const Tensor& a, const Tensor& b), a.ne(b))
MAKE(lt, (const Tensor& a, const Tensor& b), a.lt(b))
MAKE(le, (const Tensor& a, const Tensor& b), a.le(b))
MAKE(gt, (const Tensor& a, const Tensor& b), a.gt(b))
MAKE(ge, (const Tensor& a, const Tensor& b), a.ge(b))
MAKE(eq_scalar, (const Tensor& a, Number b), a.eq(b.value()))
MAKE(ne_scalar, (const Tensor& a, Number b), a.ne(b.value()))
MAKE(lt_scalar, (const Tensor& a, Number b), a.lt(b.value()))
MAKE(le_scalar, (const Tensor& a, Number b), a.le(b.value()))
MAKE(gt_scalar, (const Tensor& a, Number b), a.gt(b.value()))
MAKE(ge_scalar, (const Tensor& a, Number b), a.ge(b.value()))
DO(allclose, (const Tensor& a, const Tensor& b, double rtol, double atol, bool equal_nan, bool* result),
   *result = a.allclose(b, rtol, atol, equal_nan))
DO(equal, (const Tensor& a, const Tensor& b, bool* result), *result = a.equal(b))

// Reduction.
MAKE(sum, (const Tensor& a, int32_t type), a.sum(maybe_type(type)))
MAKE(sum_dims, (const Tensor& a, Longs dims, bool keepdim, int32_t type), a.sum(at::IntArrayRef(dims), keepdim, maybe_type(type)))
MAKE(mean, (const Tensor& a), a.mean())
MAKE(mean_dims, (const Tensor& a, Longs dims, bool keepdim, int32_t type), a.mean(at::IntArrayRef(dims), keepdim, maybe_type(type)))
MAKE(norm, (const Tensor& a, double p), a.norm(p))
MAKE(norm_dim, (const Tensor& a, int64_t dim, bool keepdim, double p),
     a.norm(Optional<at::Scalar>(at::Scalar(p)), at::IntArrayRef(&dim, 1), keepdim))
MAKE(logsumexp, (const Tensor& a, int64_t dim, bool keepdim), a.logsumexp(at::IntArrayRef(&dim, 1), keepdim))
MAKE(cumsum, (const Tensor& a, int64_t dim, int32_t type), a.cumsum(dim, maybe_type(type)))
MAKE(max, (const Tensor& a), a.max())
MAKE(min, (const Tensor& a), a.min())
MAKE(all, (const Tensor& a), a.all())
MAKE(any, (const Tensor& a), a.any())
MAKE(all_dim, (const Tensor& a, int64_t dim, bool keepdim), a.all(dim, keepdim))
MAKE(any_dim, (const Tensor& a, int64_t dim, bool keepdim), a.any(dim, keepdim))
MAKE(argmax, (const Tensor& a), a.argmax())
MAKE(argmax_dim, (const Tensor& a, int64_t dim, bool keepdim), a.argmax(dim, keepdim))
MAKE(argsort, (const Tensor& a, int64_t dim, bool descending), a.argsort(dim, descending))
DO(max_dim, (const Tensor& a, int64_t dim, bool keepdim, Tensor** results), hand_over(a.max(dim, keepdim), results))
DO(min_dim, (const Tensor& a, int64_t dim, bool keepdim, Tensor** results), hand_over(a.min(dim, keepdim), results))
DO(topk, (const Tensor& a, int64_t k, int64_t dim, bool largest, bool sorted, Tensor** results),
   hand_over(a.topk(k, dim, largest, sorted), results))
DO(sort, (const Tensor& a, int64_t dim, bool descending, bool stable, Tensor** results),
   hand_over(a.sort(Optional<bool>(stable), dim, descending), results))

// Products.
MAKE(matmul, (const Tensor& a, const Tensor& b), a.matmul(b))
MAKE(mm, (const Tensor& a, const Tensor& b), a.mm(b))
MAKE(bmm, (const Tensor& a, const Tensor& b), a.bmm(b))
MAKE(outer, (const Tensor& a, const Tensor& b), a.outer(b))

// Type, device and copies.
MAKE(to, (const Tensor& a, int32_t type, int32_t device_type, int32_t device_index, bool non_blocking, bool copy),
     a.to(at::Device(static_cast<at::DeviceType>(device_type), static_cast<int8_t>(device_index)), static_cast<at::ScalarType>(type),
          non_blocking, copy))
MAKE(to_type, (const Tensor& a, int32_t type, bool non_blocking, bool copy),
     a.to(static_cast<at::ScalarType>(type), non_blocking, copy))
MAKE(to_device, (const Tensor& a, int32_t device_type, int32_t device_index, bool non_blocking, bool copy),
     a.to(a.options().device(at::Device(static_cast<at::DeviceType>(device_type), static_cast<int8_t>(device_index))), non_blocking, copy))
DO(item, (const Tensor& a, Number* result), {
  auto scalar = a.item();
  double number = scalar.isFloatingPoint() ? scalar.to<double>() : 0;
  result->kind = scalar.isFloatingPoint() ? 1 : scalar.isBoolean() ? 2 : 0;
  if (result->kind == 1) {
    std::memcpy(&result->bits, &number, sizeof number);
  } else {
    result->bits = scalar.to<int64_t>();
  }
})
MAKE(clone, (const Tensor& a), a.clone())
MAKE(detach, (const Tensor& a), a.detach())
DO(detach_, (Tensor& a), a.detach_())
