#!/usr/bin/env bash
# Installs everything that building, running and testing StreamDistill needs, and nothing that is already there:
#   1. Debian packages: compilers and libraries for librdkafka and libtorch, what the tests compare with in Python and Node
#   2. .packages.props: the packages that this machine's NuGet feed does not serve, to be replaced by polyfills
#   3. .native/librdkafka.so, built from source, where librdkafka.redist is not served;
#      .native/libtorchsharp_abi.so, compiled over libtorch, where TorchSharp is not
#   4. the npm clients of tests/Interop
set -euo pipefail
cd "$(dirname "$0")/../.."
root=$PWD

say() { printf 'setup: %s\n' "$*"; }
fail() { printf 'setup: error: %s\n' "$*" >&2; exit 1; }

# 1 ----------------------------------------------------------------------------------------------- system packages
debian_packages=(
  gcc g++ make                                                    # librdkafka
  libssl-dev zlib1g-dev libzstd-dev liblz4-dev libsasl2-dev       # librdkafka's TLS, compression, SASL
  libtorch-dev libopenblas0-pthread                               # libtorch; the reference BLAS is many times slower
  python3-torch python3-numpy python3-sympy                       # PyTorch and SymPy, which tests and benchmarks compare with
  python3 python3-avro python3-kafka kcat                         # other languages' clients, for tests/Interop
  python3-lz4 python3-snappy python3-zstandard                    # the codecs of python3-kafka
)
command -v npm > /dev/null || debian_packages+=(nodejs npm)

if command -v dpkg-query > /dev/null; then
  missing=()
  for package in "${debian_packages[@]}"; do
    [ "$(dpkg-query -W -f '${db:Status-Status}' "$package" 2> /dev/null)" = installed ] || missing+=("$package")
  done
  if [ ${#missing[@]} -gt 0 ]; then
    say "installing Debian packages: ${missing[*]}"
    as_root=()
    if [ "$(id -u)" != 0 ]; then
      command -v sudo > /dev/null || fail "not root and no sudo: install these packages and run make setup again: ${missing[*]}"
      as_root=(sudo)
    fi
    "${as_root[@]}" apt-get update -qq
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" > /dev/null
  fi
else
  say "not a Debian system: make sure that the equivalents of these packages are installed: ${debian_packages[*]}"
fi

command -v dotnet > /dev/null || fail "the .NET 10 SDK is not on PATH; install it and run make setup again"

# 2 ---------------------------------------------------------------------------------------------------- feed probe
probe_key=$( (cat Directory.Packages.props services/Polyfills/setup.sh; dotnet nuget list source) | sha256sum | cut -d ' ' -f 1)
if ! grep -qs "probe $probe_key" .packages.props; then
  candidates=$(sed -n '/^  <!-- A feed may lack/,/<\/ItemGroup>/s/.*Include="\([^"]*\)".*/\1/p' Directory.Packages.props)
  say "asking the NuGet feed for: $(echo $candidates)"
  probe=$(mktemp -d)
  trap 'rm -rf "$probe"' EXIT
  kafka_version=$(sed -n 's/.*<ConfluentKafkaVersion>\(.*\)<.*/\1/p' Directory.Packages.props)
  torch_version=$(sed -n 's/.*<TorchSharpVersion>\(.*\)<.*/\1/p' Directory.Packages.props)
  unserved=()
  for package in $candidates; do
    version=$(sed -n "s/.*Include=\"$package\" Version=\"\([^\"]*\)\".*/\1/p" Directory.Packages.props)
    version=${version/'$(ConfluentKafkaVersion)'/$kafka_version}
    version=${version/'$(TorchSharpVersion)'/$torch_version}
    # PackageReference, not PackageDownload: a package whose own dependencies are missing cannot be used either.
    # Confluent.Kafka's dependency is asked for by itself.
    reference="<PackageReference Include=\"$package\" Version=\"[$version]\" />"
    [ "$package" = Confluent.Kafka ] && reference="<PackageDownload Include=\"$package\" Version=\"[$version]\" />"
    # TorchSharp is of no use without libtorch, which TorchSharp-cpu brings; that depends on TorchSharp. Its native library
    # was compiled with GCC 13: where the C++ library is older it would restore, but not load.
    if [ "$package" = TorchSharp ]; then
      reference=${reference/TorchSharp/TorchSharp-cpu}
      if ! grep -q GLIBCXX_3.4.32 "$(ldconfig -p | awk '/libstdc\+\+\.so\.6 / { print $NF; exit }')"; then
        say "  $package $version: not for this system's libstdc++, which is older than GCC 13's"
        unserved+=("$package")
        continue
      fi
    fi
    mkdir -p "$probe/$package"
    cat > "$probe/$package/probe.csproj" << PROJECT
<Project Sdk="Microsoft.NET.Sdk">
  <PropertyGroup><TargetFramework>net10.0</TargetFramework><NuGetAudit>false</NuGetAudit></PropertyGroup>
  <ItemGroup>$reference</ItemGroup>
</Project>
PROJECT
    if output=$(dotnet restore "$probe/$package/probe.csproj" 2>&1); then
      say "  $package $version: served"
    elif grep -qE 'NU110[1-3]' <<< "$output"; then
      say "  $package $version: not served"
      unserved+=("$package")
    else
      echo "$output" >&2
      fail "the NuGet feed could not be asked for $package; the messages above say why"
    fi
  done
  {
    echo "<!-- Written by make setup; probe $probe_key -->"
    echo '<Project>'
    echo '  <ItemGroup>'
    for package in "${unserved[@]}"; do
      [ "$package" = librdkafka.redist ] || echo "    <UnservedPackage Include=\"$package\" />"
    done
    echo '  </ItemGroup>'
    case " ${unserved[*]} " in
      *" librdkafka.redist "*)
        echo '  <PropertyGroup><LibrdkafkaPath>$(MSBuildThisFileDirectory).native/librdkafka.so</LibrdkafkaPath></PropertyGroup>' ;;
    esac
    echo '</Project>'
  } > .packages.props.new
  mv .packages.props.new .packages.props
fi

# 3 ---------------------------------------------------------------------------------------------- native libraries
if grep -q LibrdkafkaPath .packages.props && [ ! -e .native/librdkafka.so ]; then
  services/Polyfills/librdkafka/build.sh "$root/.native"
fi
if grep -q 'UnservedPackage Include="TorchSharp"' .packages.props; then
  services/Polyfills/TorchSharp/native/build.sh "$root/.native"
fi

# 4 --------------------------------------------------------------------------------------------------- npm clients
lock=tests/Interop/package-lock.json
if [ -e "$lock" ] && ! cmp -s "$lock" tests/Interop/node_modules/.installed-lock; then
  say "installing the npm clients of tests/Interop"
  (cd tests/Interop && npm ci --silent --no-audit --no-fund --ignore-scripts)
  cp "$lock" tests/Interop/node_modules/.installed-lock
fi

say "ready"
