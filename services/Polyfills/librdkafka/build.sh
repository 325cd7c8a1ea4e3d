#!/usr/bin/env bash
# Builds librdkafka.so into the folder $1 from the source that ships inside the npm package @confluentinc/kafka-javascript.
set -euo pipefail
kafka_javascript=1.10.1 # carries the source of librdkafka 2.15.1
expected=0x020f01ff     # RD_KAFKA_VERSION of 2.15.1

out=$1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

printf 'setup: building librdkafka from @confluentinc/kafka-javascript %s (one to two minutes)\n' "$kafka_javascript"
cd "$work"
npm pack --silent "@confluentinc/kafka-javascript@$kafka_javascript" > /dev/null
tar -xzf confluentinc-kafka-javascript-*.tgz package/deps/librdkafka
cd package/deps/librdkafka
grep -q "RD_KAFKA_VERSION  *$expected" src/rdkafka.h || {
  printf 'setup: error: the package does not carry the expected librdkafka %s\n' "$expected" >&2
  exit 1
}

# LZ4 is compiled in from librdkafka's own copy; zlib, zstd, OpenSSL and Cyrus SASL are the system's.
if ! { ./configure --disable-lz4-ext --disable-curl && make -C src -j"$(nproc)" librdkafka.so.1; } > build.log 2>&1; then
  tail -n 40 build.log >&2
  printf 'setup: error: librdkafka did not build; its last messages are above\n' >&2
  exit 1
fi
for feature in SSL ZLIB ZSTD SASL_CYRUS SASL_SCRAM; do
  grep -q "^#define WITH_$feature 1" config.h || {
    printf 'setup: error: librdkafka was built without %s; is its -dev package installed?\n' "$feature" >&2
    exit 1
  }
done

mkdir -p "$out"
strip --strip-unneeded -o "$out/librdkafka.so.new" src/librdkafka.so.1
mv "$out/librdkafka.so.new" "$out/librdkafka.so"
printf 'setup: built %s\n' "$out/librdkafka.so"
