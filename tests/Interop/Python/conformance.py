"""conformance.py BOOTSTRAP FEATURE: Debian's python3-kafka against a broker; shows one feature and ends with 0, or says why not."""
import sys
import threading
import time
import uuid

from kafka import KafkaAdminClient, KafkaConsumer, KafkaProducer, TopicPartition
from kafka.admin import ConfigResource, ConfigResourceType, NewPartitions, NewTopic
from kafka.errors import KafkaError, TopicAlreadyExistsError
from kafka.structs import OffsetAndMetadata

BOOTSTRAP, FEATURE = sys.argv[1:3]
PATIENCE = 60


def new_name(prefix):
    return f"{prefix}-{uuid.uuid4()}"


def admin():
    return KafkaAdminClient(bootstrap_servers=BOOTSTRAP)


def new_topic(partitions=1):
    topic = new_name("python")
    admin().create_topics([NewTopic(topic, partitions, 1)])
    return topic


def send(topic, values, **options):
    producer = KafkaProducer(bootstrap_servers=BOOTSTRAP, acks="all", **options)
    sent = [producer.send(topic, key=b"k", value=value, partition=0) for value in values]
    offsets = [future.get(timeout=PATIENCE).offset for future in sent]
    producer.close()
    return offsets


def numbers(start, end):
    return [b"v%d" % i for i in range(start, end)]


def take(consumer, count):
    """The next records of a consumer, as many as asked for."""
    taken = []
    deadline = time.monotonic() + PATIENCE
    while len(taken) < count:
        assert time.monotonic() < deadline, f"{len(taken)} of {count} records came"
        for records in consumer.poll(timeout_ms=500).values():
            taken += records
    return taken


def reader(topic, **options):
    consumer = KafkaConsumer(bootstrap_servers=BOOTSTRAP, auto_offset_reset="earliest", enable_auto_commit=False, **options)
    if options.get("group_id"):
        consumer.subscribe([topic])
    else:
        consumer.assign([TopicPartition(topic, 0)])
    return consumer


def values(records):
    return [record.value for record in records]


def round_trip(compression):
    topic = new_topic()
    assert send(topic, numbers(0, 100), compression_type=compression, linger_ms=100) == list(range(100))
    assert values(take(reader(topic), 100)) == numbers(0, 100)


def eventually(what, ask):
    deadline = time.monotonic() + PATIENCE
    while not ask():
        time.sleep(0.02)
        assert time.monotonic() < deadline, f"within {PATIENCE} s it was never so: {what}"


def headers():
    topic = new_topic()
    producer = KafkaProducer(bootstrap_servers=BOOTSTRAP)
    producer.send(topic, key=b"k", value=b"v", headers=[("a", b"1"), ("b", b"\x00\xff")]).get(timeout=PATIENCE)
    (record,) = take(reader(topic), 1)
    assert (record.key, record.value, record.headers) == (b"k", b"v", [("a", b"1"), ("b", b"\x00\xff")])


def tombstones():
    topic = new_topic()
    send(topic, [None, b""])
    assert values(take(reader(topic), 2)) == [None, b""]


def large():
    topic = new_topic()
    send(topic, [b"x" * 900_000])
    assert len(take(reader(topic), 1)[0].value) == 900_000


def auto_create():
    topic = new_name("python")
    send(topic, numbers(0, 1))
    assert values(take(reader(topic), 1)) == numbers(0, 1)


def group():
    topic, name = new_topic(), new_name("group")
    send(topic, numbers(0, 10))
    first = reader(topic, group_id=name)
    take(first, 10)
    first.commit({TopicPartition(topic, 0): OffsetAndMetadata(6, "six")})
    assert first.committed(TopicPartition(topic, 0)) == 6
    first.close(autocommit=False)
    assert values(take(reader(topic, group_id=name), 4)) == numbers(6, 10)


def eager():
    topic, name = new_topic(4), new_name("group")
    shares, leaving = {}, [threading.Event(), threading.Event()]

    def member(number):
        consumer = reader(topic, group_id=name, session_timeout_ms=6000, heartbeat_interval_ms=500)
        while not leaving[number].is_set():
            consumer.poll(timeout_ms=100)
            shares[number] = len(consumer.assignment())
        shares[number] = 0
        consumer.close()

    members = [threading.Thread(target=member, args=[number], daemon=True) for number in range(2)]
    for each in members:
        each.start()
    eventually("two share four", lambda: shares == {0: 2, 1: 2})
    leaving[0].set()
    eventually("one has four", lambda: shares == {0: 0, 1: 4})
    leaving[1].set()
    for each in members:
        each.join()


def seek():
    topic = new_topic()
    send(topic, numbers(0, 10))
    consumer = reader(topic)
    consumer.seek(TopicPartition(topic, 0), 7)
    assert values(take(consumer, 3)) == numbers(7, 10)
    consumer.seek_to_beginning()
    assert values(take(consumer, 10)) == numbers(0, 10)


def pause():
    topic = new_topic()
    send(topic, numbers(0, 1))
    consumer, partition = reader(topic), TopicPartition(topic, 0)
    take(consumer, 1)
    consumer.pause(partition)
    send(topic, numbers(1, 2))
    assert not consumer.poll(timeout_ms=1000)
    consumer.resume(partition)
    assert values(take(consumer, 1)) == numbers(1, 2)


def times():
    topic = new_topic()
    first = int(time.time() * 1000) - 200_000  # recent: retention deletes what is older than a week
    producer = KafkaProducer(bootstrap_servers=BOOTSTRAP)
    for i in range(10):
        producer.send(topic, b"v", partition=0, timestamp_ms=first + i * 1000).get(timeout=PATIENCE)
    consumer, partition = reader(topic), TopicPartition(topic, 0)
    found = consumer.offsets_for_times({partition: first + 3500})[partition]
    assert (found.offset, found.timestamp) == (4, first + 4000)
    assert consumer.offsets_for_times({partition: first + 100_000})[partition] is None


def topics():
    topic, client = new_topic(3), admin()
    try:
        client.create_topics([NewTopic(topic, 1, 1)])
        raise AssertionError("it was made twice")
    except TopicAlreadyExistsError:
        pass
    assert len(client.describe_topics([topic])[0]["partitions"]) == 3
    client.delete_topics([topic])
    eventually("it is gone", lambda: topic not in client.list_topics())


def partitions():
    topic, client = new_topic(), admin()
    client.create_partitions({topic: NewPartitions(4)})
    assert len(client.describe_topics([topic])[0]["partitions"]) == 4


def configs():
    topic, client = new_topic(), admin()
    client.alter_configs([ConfigResource(ConfigResourceType.TOPIC, topic, {"retention.ms": "123456"})])
    described = client.describe_configs([ConfigResource(ConfigResourceType.TOPIC, topic)])
    assert {entry[0]: entry[1] for entry in described[0].resources[0][4]}["retention.ms"] == "123456"


def groups():
    topic, name, client = new_topic(), new_name("group"), admin()
    send(topic, numbers(0, 1))
    consumer = reader(topic, group_id=name)
    take(consumer, 1)
    consumer.commit()
    consumer.close()
    assert (name, "consumer") in client.list_consumer_groups()
    assert client.describe_consumer_groups([name])[0].state == "Empty"
    assert client.list_consumer_group_offsets(name)[TopicPartition(topic, 0)].offset == 1
    assert [str(error) for _, error in client.delete_consumer_groups([name])] == ["<class 'kafka.errors.NoError'>"]
    assert (name, "consumer") not in client.list_consumer_groups()


def list_offsets():
    topic = new_topic()
    send(topic, numbers(0, 3))
    consumer, partition = reader(topic), TopicPartition(topic, 0)
    assert (consumer.beginning_offsets([partition]), consumer.end_offsets([partition])) == ({partition: 0}, {partition: 3})


def cluster():
    described = admin().describe_cluster()
    assert [f"{broker['host']}:{broker['port']}" for broker in described["brokers"]] == [BOOTSTRAP]
    assert described["cluster_id"]


def refused_acls():
    from kafka.admin import ACLFilter, ACLOperation, ACLPermissionType, ResourcePattern, ResourceType
    try:
        wanted = ACLFilter("User:x", "*", ACLOperation.ANY, ACLPermissionType.ANY, ResourcePattern(ResourceType.TOPIC, "t"))
        admin().describe_acls(wanted)
    except KafkaError as error:
        assert "ersion" in repr(error) or "Support" in repr(error) or "Security" in repr(error), repr(error)
        return
    raise AssertionError("it was not refused")


FEATURES = {
    **{name: lambda name=name: round_trip(None if name == "none" else name) for name in ("none", "gzip", "snappy", "lz4", "zstd")},
    "headers": headers, "tombstones": tombstones, "large": large, "auto-create": auto_create, "group": group, "eager": eager,
    "seek": seek, "pause": pause, "times": times, "topics": topics, "partitions": partitions, "configs": configs,
    "groups": groups, "list-offsets": list_offsets, "cluster": cluster, "refused-acls": refused_acls,
}
FEATURES[FEATURE]()
