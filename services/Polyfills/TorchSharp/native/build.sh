#!/usr/bin/env bash
# Compiles the C functions of this folder over libtorch into $1/libtorchsharp_abi.so, unless the one there is of the same
# sources. The system's libtorch (Debian's libtorch-dev) is used; LIBTORCH=/path/to/libtorch chooses another one, which may
# be one with CUDA.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
out=$1
library=$out/libtorchsharp_abi.so
key=$(cat "$here"/* <(echo "${LIBTORCH:-system}") | sha256sum | cut -d ' ' -f 1)
[ -e "$library" ] && [ "$(cat "$library.key" 2> /dev/null)" = "$key" ] && exit

flags=(-O2 -fPIC -fvisibility=hidden -ffp-contract=off -Wall -Wno-unused-parameter)
if [ -n "${LIBTORCH:-}" ]; then
  include=$LIBTORCH/include
  lib=$LIBTORCH/lib
  flags+=("-I$include" "-I$include/torch/csrc/api/include")
  # Libraries built for the older C++ ABI have no symbol of the newer one.
  grep -q __cxx11 "$lib/libc10.so" || flags+=(-D_GLIBCXX_USE_CXX11_ABI=0)
else
  include=/usr/include
  lib=$(dirname "$(ldconfig -p | sed -n 's/.*=> \(.*\/libtorch_cpu\.so.*\)/\1/p' | head -n 1)")
fi
[ -e "$include/ATen/ATen.h" ] && [ -e "$lib/libc10.so" ] || {
  printf 'setup: error: no libtorch with headers found; install libtorch-dev or set LIBTORCH to an unpacked libtorch\n' >&2
  exit 1
}
# The standard that this libtorch's headers ask for.
major=$(sed -n 's/^#define TORCH_VERSION_MAJOR \([0-9]*\).*/\1/p' "$include/torch/csrc/api/include/torch/version.h")
if [ "${major:-1}" -ge 2 ]; then flags+=(-std=c++17); else flags+=(-std=c++14); fi

libraries=("-L$lib" "-Wl,-rpath,$lib" -ltorch_cpu -lc10 -ldl)
# Nothing here calls into libtorch_cuda: it registers its kernels when it is loaded.
if [ -e "$lib/libtorch_cuda.so" ]; then libraries+=(-Wl,--no-as-needed -ltorch_cuda -lc10_cuda -Wl,--as-needed); fi

printf 'setup: compiling the functions that call libtorch (about a minute)\n'
mkdir -p "$out"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
jobs=()
for source in "$here"/*.cpp; do
  "${CXX:-g++}" "${flags[@]}" -c "$source" -o "$work/$(basename "$source" .cpp).o" &
  jobs+=($!)
done
for job in "${jobs[@]}"; do
  wait "$job" || { printf 'setup: error: compiling over libtorch failed; the messages above say why\n' >&2; exit 1; }
done
"${CXX:-g++}" -shared -o "$library.new" "$work"/*.o "${libraries[@]}"
mv "$library.new" "$library"
printf '%s\n' "$key" > "$library.key"
printf 'setup: built %s\n' "$library"
