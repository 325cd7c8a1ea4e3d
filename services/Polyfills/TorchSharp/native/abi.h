// What the C functions of this library share. Each is called from C# with tensors as pointers to at::Tensor.
//
// A function that makes a tensor returns a pointer that the caller deletes with ts_delete, or null; a function that changes
// one, or that writes its results through pointers, returns whether it succeeded. After a failure ts_last_error() is the
// message of the C++ exception on the calling thread.
//
// Only operators of libtorch 1.13 that 2.x still has are used.
#pragma once

#include <ATen/ATen.h>

#include <cstdint>
#include <cstring>
#include <vector>

#define EXPORT extern "C" __attribute__((visibility("default")))

using at::Tensor;

// c10::optional in libtorch 1.13, std::optional later.
template <class Known, class T> struct rebind;
template <template <class...> class Wrapper, class Known, class T> struct rebind<Wrapper<Known>, T> { using type = Wrapper<T>; };
template <class T> using Optional = typename rebind<decltype(at::TensorOptions().device_opt()), T>::type;

// A Scalar: kind is 0 for an integer, 1 for a floating-point number, 2 for a boolean; -1 for none.
struct Number {
  int64_t kind;
  int64_t bits;

  at::Scalar value() const {
    if (kind == 1) {
      double number;
      std::memcpy(&number, &bits, sizeof number);
      return number;
    }
    return kind == 2 ? at::Scalar(bits != 0) : at::Scalar(bits);
  }
  operator at::Scalar() const { return value(); }
  Optional<at::Scalar> maybe() const { return kind < 0 ? Optional<at::Scalar>() : Optional<at::Scalar>(value()); }
};

// A list of sizes or dimensions.
struct Longs {
  const int64_t* first;
  int64_t count;

  operator at::IntArrayRef() const { return {first, static_cast<size_t>(count)}; }
};

// A list of tensors.
struct Tensors {
  Tensor* const* first;
  int64_t count;

  operator std::vector<Tensor>() const {
    std::vector<Tensor> tensors;
    tensors.reserve(count);
    for (int64_t i = 0; i < count; i++) {
      tensors.push_back(*first[i]);
    }
    return tensors;
  }
  std::vector<Tensor> vector() const { return *this; }
};

// Element type, device and gradient of a tensor to be made. A type of -1 is the default one.
struct Options {
  int32_t type;
  int32_t device_type;
  int32_t device_index;
  int32_t requires_grad;

  operator at::TensorOptions() const {
    auto options = at::TensorOptions().device(at::Device(static_cast<at::DeviceType>(device_type), static_cast<int8_t>(device_index)));
    return type < 0 ? options : options.dtype(static_cast<at::ScalarType>(type));
  }
};

inline Optional<at::ScalarType> maybe_type(int32_t type) {
  return type < 0 ? Optional<at::ScalarType>() : Optional<at::ScalarType>(static_cast<at::ScalarType>(type));
}

inline Optional<Tensor> maybe_tensor(const Tensor* tensor) {
  return tensor == nullptr ? Optional<Tensor>() : Optional<Tensor>(*tensor);
}

inline Optional<at::Generator> maybe_generator(const at::Generator* generator) {
  return generator == nullptr ? Optional<at::Generator>() : Optional<at::Generator>(*generator);
}

void remember_error(const char* message) noexcept;

// Runs what makes a value of type T, which is returned on the heap; null if it threw.
template <class T, class Make> T* make(Make&& body) noexcept {
  try {
    return new T(body());
  } catch (const c10::Error& error) {
    remember_error(error.what_without_backtrace());
  } catch (const std::exception& error) {
    remember_error(error.what());
  }
  return nullptr;
}

// Runs body; false if it threw.
template <class Body> bool run(Body&& body) noexcept {
  try {
    body();
    return true;
  } catch (const c10::Error& error) {
    remember_error(error.what_without_backtrace());
  } catch (const std::exception& error) {
    remember_error(error.what());
  }
  return false;
}

// Hands pieces over through an array that the caller has made large enough.
template <class Pieces> void hand_over(const Pieces& pieces, Tensor** results) {
  for (size_t i = 0; i < pieces.size(); i++) {
    results[i] = new Tensor(pieces[i]);
  }
}

inline void hand_over(const std::tuple<Tensor, Tensor>& pair, Tensor** results) {
  results[0] = new Tensor(std::get<0>(pair));
  results[1] = new Tensor(std::get<1>(pair));
}

// MAKE(exp, (const Tensor& a), a.exp()) defines ts_exp, which returns a new tensor; DO one that only succeeds or fails.
#define MAKE(name, parameters, ...) \
  EXPORT Tensor* ts_##name parameters noexcept { return make<Tensor>([&] { return __VA_ARGS__; }); }
#define DO(name, parameters, ...) \
  EXPORT bool ts_##name parameters noexcept { return run([&] { __VA_ARGS__; }); }
