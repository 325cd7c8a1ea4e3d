"""read_topic.py BOOTSTRAP REGISTRY TOPIC COUNT: prints COUNT records of a topic as JSON lines, read as a consumer group."""
import datetime
import json
import sys

from kafka import KafkaConsumer

from registry import Registry

# python3-kafka hands the markers of ended transactions to the reader; other clients keep them to themselves.
ABORT, COMMIT = b"\x00\x00\x00\x00", b"\x00\x00\x00\x01"
EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)


def as_json(value):
    """python3-avro reads timestamps as datetimes; what is compared is milliseconds."""
    if isinstance(value, datetime.datetime):
        return (value - EPOCH) // datetime.timedelta(milliseconds=1)
    raise TypeError(f"{type(value)} has no JSON form")


bootstrap, url, topic, count = sys.argv[1:4] + [int(sys.argv[4])]
registry = Registry(url)
consumer = KafkaConsumer(
    topic,
    bootstrap_servers=bootstrap,
    group_id="python-" + topic,
    auto_offset_reset="earliest",
    enable_auto_commit=False,
    consumer_timeout_ms=60_000,
)
left = count
while left > 0:
    record = next(consumer)
    if record.key in (ABORT, COMMIT):
        continue
    left -= 1
    line = {
        "partition": record.partition,
        "offset": record.offset,
        "key": record.key.decode("utf-8"),
        "value": registry.decode(record.value),
    }
    print(json.dumps(line, default=as_json, allow_nan=False))
consumer.close()
