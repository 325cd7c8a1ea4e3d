"""Reads Avro as python3-avro understands it and writes back what it understood.

avro_peer.py file IN OUT CODEC      an object container file
avro_peer.py data SCHEMA IN OUT     bare data, each behind its length in four bytes, big endian
"""
import io
import struct
import sys

import avro.datafile
import avro.io
import avro.schema


def rewrite_file(source, target, codec):
    reader = avro.datafile.DataFileReader(open(source, "rb"), avro.io.DatumReader())
    schema = avro.schema.parse(reader.schema)
    writer = avro.datafile.DataFileWriter(open(target, "wb"), avro.io.DatumWriter(), schema, codec=codec)
    for datum in reader:
        writer.append(datum)
    writer.close()


def rewrite_data(schema_path, source, target):
    schema = avro.schema.parse(open(schema_path, encoding="utf-8").read())
    reader = avro.io.DatumReader(schema)
    writer = avro.io.DatumWriter(schema)
    with open(source, "rb") as data, open(target, "wb") as out:
        while header := data.read(4):
            datum = reader.read(avro.io.BinaryDecoder(io.BytesIO(data.read(struct.unpack(">I", header)[0]))))
            encoded = io.BytesIO()
            writer.write(datum, avro.io.BinaryEncoder(encoded))
            out.write(struct.pack(">I", len(encoded.getvalue())) + encoded.getvalue())


if __name__ == "__main__":
    {"file": rewrite_file, "data": rewrite_data}[sys.argv[1]](*sys.argv[2:])
