"""The first line of stdin is {schema, bytes (hex), seconds}; each further line asks for a round, answered with
CPU nanoseconds per encode and per decode."""
import io
import json
import sys
import time

import avro.io
import avro.schema

task = json.loads(sys.stdin.readline())
schema = avro.schema.parse(task["schema"])
data = bytes.fromhex(task["bytes"])
reader = avro.io.DatumReader(schema)
writer = avro.io.DatumWriter(schema)


def encode():
    out = io.BytesIO()
    writer.write(datum, avro.io.BinaryEncoder(out))
    return out.getvalue()


def decode():
    return reader.read(avro.io.BinaryDecoder(io.BytesIO(data)))


def measure(operation):
    started = time.process_time_ns()
    until = started + task["seconds"] * 1e9
    operations = 0
    while (now := time.process_time_ns()) < until:
        operation()
        operations += 1
    return (now - started) / operations


datum = decode()
print("ready" if encode() == data else "does not write the bytes that it read", flush=True)
for _ in sys.stdin:
    print(measure(encode), measure(decode), flush=True)
