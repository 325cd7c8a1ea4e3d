"""write_topic.py BOOTSTRAP REGISTRY TOPIC KEY_FIELD: writes the JSON lines of stdin to a topic by the latest schema of its subject."""
import datetime
import json
import sys

from kafka import KafkaProducer

from registry import Registry, encode

bootstrap, url, topic, key_field = sys.argv[1:5]
registry = Registry(url)
schema_text = registry.latest(topic + "-value")
schema_id = registry.register(topic + "-value", schema_text)
producer = KafkaProducer(bootstrap_servers=bootstrap, acks="all")
sent = []
for line in sys.stdin:
    datum = json.loads(line)
    datum["created_at"] = datetime.datetime.fromtimestamp(0, datetime.timezone.utc) + datetime.timedelta(milliseconds=datum["created_at"])
    sent.append(producer.send(topic, key=datum[key_field].encode("utf-8"), value=encode(schema_id, schema_text, datum)))
for future in sent:
    future.get(timeout=30)
producer.close()
print(len(sent))
