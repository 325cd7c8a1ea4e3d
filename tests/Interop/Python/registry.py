"""Confluent's wire format for Avro, by python3-avro and the schema registry's REST API."""
import io
import json
import struct
import urllib.request

import avro.io
import avro.schema


class Registry:
    def __init__(self, url):
        self.url = url.rstrip("/")
        self.readers = {}

    def _get(self, path):
        with urllib.request.urlopen(self.url + path, timeout=30) as answer:
            return json.load(answer)

    def register(self, subject, schema_text):
        """The id of a schema, registered if it is new."""
        request = urllib.request.Request(
            f"{self.url}/subjects/{subject}/versions",
            data=json.dumps({"schema": schema_text}).encode(),
            headers={"Content-Type": "application/vnd.schemaregistry.v1+json"},
        )
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.load(answer)["id"]

    def latest(self, subject):
        return self._get(f"/subjects/{subject}/versions/latest")["schema"]

    def decode(self, payload):
        """The datum of a record's value; a tombstone (None) stays None."""
        if payload is None:
            return None
        magic, schema_id = struct.unpack(">bI", payload[:5])
        if magic != 0:
            raise ValueError(f"magic byte {magic}, not 0")
        if schema_id not in self.readers:
            self.readers[schema_id] = avro.io.DatumReader(avro.schema.parse(self._get(f"/schemas/ids/{schema_id}")["schema"]))
        rest = io.BytesIO(payload[5:])
        datum = self.readers[schema_id].read(avro.io.BinaryDecoder(rest))
        if rest.read(1):
            raise ValueError("bytes are left over after the datum")
        return datum


def encode(schema_id, schema_text, datum):
    out = io.BytesIO()
    out.write(struct.pack(">bI", 0, schema_id))
    avro.io.DatumWriter(avro.schema.parse(schema_text)).write(datum, avro.io.BinaryEncoder(out))
    return out.getvalue()
