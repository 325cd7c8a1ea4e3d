using System.Text;
using StreamDistill.Embedded.Broker.Catalog;
using StreamDistill.Embedded.Broker.Handlers;
using StreamDistill.Embedded.Broker.Log;
using StreamDistill.Embedded.Broker.Protocol;
using StreamDistill.Embedded.Tests.Broker.Catalog;

namespace StreamDistill.Embedded.Tests.Broker.Handlers;

/// <summary>CreateTopics, DeleteTopics, CreatePartitions and DeleteRecords.</summary>
public sealed class TopicHandlersTests : IDisposable
{
    private readonly TestCatalog test = new();
    private readonly List<string> forgotten = [];

    public void Dispose() => test.Dispose();

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(7)]
    public void Every_version_of_CreateTopics_makes_a_topic_with_its_settings(int version)
    {
        var result = Assert.Single(Create(version, validateOnly: false, new NewTopic("made", 3, 1) { Settings = [("retention.ms", "1000")] }));

        Assert.Equal(("made", ErrorCode.None, null), (result.Name, result.Error, result.Message));
        var topic = test.Catalog.Find("made")!;
        Assert.Equal((3, "1000"), (topic.Partitions.Count, topic.Settings["retention.ms"]));
        if (version >= 5)
        {
            Assert.Equal((3, 1), (result.Partitions, result.Replicas));
            Assert.Equal(("1000", (sbyte)1), result.Settings["retention.ms"]);
            Assert.Equal(("delete", (sbyte)5), result.Settings["cleanup.policy"]);
        }

        Assert.Equal(version >= 7 ? topic.Id : Guid.Empty, result.Id);
    }

    [Fact]
    public void CreateTopics_says_of_each_topic_what_is_wrong()
    {
        test.Catalog.Create("there", 1, TestCatalog.NoSettings);

        var results = Create(
            7,
            validateOnly: false,
            new NewTopic("there", 1, 1),
            new NewTopic("three", 1, 3),
            new NewTopic("unknown", 1, 1) { Settings = [("no.such", "1")] },
            new NewTopic("null", 1, 1) { Settings = [("retention.ms", null)] },
            new NewTopic("twice", 1, 1),
            new NewTopic("twice", 1, 1),
            new NewTopic("elsewhere", -1, -1) { Assignments = [(0, [2])] },
            new NewTopic("gap", -1, -1) { Assignments = [(0, [1]), (2, [1])] },
            new NewTopic("both", 1, 1) { Assignments = [(0, [1])] },
            new NewTopic("none", 0, 1));

        Assert.Equal(
            [
                ErrorCode.TopicAlreadyExists, ErrorCode.InvalidReplicationFactor, ErrorCode.InvalidConfig, ErrorCode.InvalidConfig, ErrorCode.InvalidRequest,
                ErrorCode.InvalidReplicaAssignment, ErrorCode.InvalidReplicaAssignment, ErrorCode.InvalidRequest, ErrorCode.InvalidPartitions,
            ],
            results.Select(r => r.Error));
        Assert.All(results, r => Assert.NotEmpty(r.Message!));
        Assert.Equal(["there"], test.Catalog.Topics.Values.Where(t => !t.IsInternal).Select(t => t.Name));
    }

    [Fact]
    public void CreateTopics_takes_defaults_and_assignments()
    {
        var results = Create(7, validateOnly: false, new NewTopic("default", -1, -1), new NewTopic("assigned", -1, -1) { Assignments = [(1, [1]), (0, [1])] });

        Assert.All(results, r => Assert.Equal((ErrorCode.None, null), (r.Error, r.Message)));
        Assert.Equal([1, 2], results.Select(r => test.Catalog.Find(r.Name)!.Partitions.Count));
    }

    [Fact]
    public void CreateTopics_that_only_validates_makes_nothing()
    {
        var result = Assert.Single(Create(7, validateOnly: true, new NewTopic("made", 3, -1)));

        Assert.Equal((ErrorCode.None, 3, Guid.Empty), (result.Error, result.Partitions, result.Id));
        Assert.Null(test.Catalog.Find("made"));
    }

    [Fact]
    public void DeleteTopics_version_1_deletes_by_name()
    {
        test.Catalog.Create("there", 1, TestCatalog.NoSettings);

        var answer = new DeleteTopicsHandler(test.Catalog, forgotten.Add).Call(1, w =>
        {
            w.WriteArray(["there", "nowhere", TopicCatalog.ConsumerOffsets], (e, name) => e.WriteString(name));
            w.WriteInt32(1000);
        });

        Assert.Equal(0, answer.ReadInt32());
        Assert.Equal(
            [("there", ErrorCode.None), ("nowhere", ErrorCode.UnknownTopicOrPartition), (TopicCatalog.ConsumerOffsets, ErrorCode.InvalidTopic)],
            answer.ReadArray(r => (r.ReadString(), r.ReadError())));
        answer.ReadEnd();
        Assert.Null(test.Catalog.Find("there"));
        Assert.Equal(["there"], forgotten);
    }

    [Fact]
    public void DeleteTopics_version_6_deletes_by_name_and_by_id()
    {
        test.Catalog.Create("one", 1, TestCatalog.NoSettings);
        test.Catalog.Create("two", 1, TestCatalog.NoSettings);
        var (one, two, unknown) = (test.Catalog.Find("one")!.Id, test.Catalog.Find("two")!.Id, Guid.NewGuid());

        var answer = new DeleteTopicsHandler(test.Catalog, forgotten.Add).Call(6, w =>
        {
            w.WriteArray([("one", Guid.Empty), (null, two), (null, unknown), ((string?)"both", two)], (e, topic) =>
            {
                e.WriteString(topic.Item1);
                e.WriteUuid(topic.Item2);
                e.WriteNoTags();
            });
            w.WriteInt32(1000);
            w.WriteNoTags();
        });

        Assert.Equal(0, answer.ReadInt32());
        var results = answer.ReadArray(r =>
        {
            var result = (r.ReadNullableString(), r.ReadUuid(), r.ReadError(), r.ReadNullableString() is null);
            r.ReadNoTags();
            return result;
        });
        answer.ReadEnd();
        Assert.Equal(
            [
                ("one", one, ErrorCode.None, true), ("two", two, ErrorCode.None, true), (null, unknown, ErrorCode.UnknownTopicId, false),
                ("both", Guid.Empty, ErrorCode.InvalidRequest, false),
            ],
            results);
        Assert.DoesNotContain(test.Catalog.Topics.Values, t => !t.IsInternal);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    public void CreatePartitions_only_adds(int version)
    {
        test.Catalog.Create("prompts", 2, TestCatalog.NoSettings);

        Assert.Equal((ErrorCode.None, true), Grow(version, 4, null, validateOnly: true));
        Assert.Equal(2, test.Catalog.Find("prompts")!.Partitions.Count);
        Assert.Equal((ErrorCode.InvalidReplicaAssignment, false), Grow(version, 4, [[1]], validateOnly: false));
        Assert.Equal((ErrorCode.None, true), Grow(version, 4, [[1], [1]], validateOnly: false));
        Assert.Equal((ErrorCode.InvalidPartitions, false), Grow(version, 4, null, validateOnly: false));
        Assert.Equal((ErrorCode.InvalidPartitions, false), Grow(version, 1, null, validateOnly: false));
        Assert.Equal(4, test.Catalog.Find("prompts")!.Partitions.Count);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public void DeleteRecords_hides_what_is_before_an_offset(int version)
    {
        test.Catalog.Create("prompts", 1, TestCatalog.NoSettings);
        var log = test.Catalog.Partition("prompts", 0)!;
        log.Append(RecordBatch.Build([.. Enumerable.Range(0, 3).Select(i => new LogRecord(0, 1, null, Encoding.UTF8.GetBytes($"{i}")))]));

        Assert.Equal((0, 2L, ErrorCode.None), DeleteRecords(version, "prompts", 0, 2));
        Assert.Equal((0, -1L, ErrorCode.OffsetOutOfRange), DeleteRecords(version, "prompts", 0, 4));
        Assert.Equal((0, -1L, ErrorCode.OffsetOutOfRange), DeleteRecords(version, "prompts", 0, -2));
        Assert.Equal((0, 3L, ErrorCode.None), DeleteRecords(version, "prompts", 0, -1));
        Assert.Equal((1, -1L, ErrorCode.UnknownTopicOrPartition), DeleteRecords(version, "prompts", 1, -1));
        Assert.Equal((0, -1L, ErrorCode.InvalidTopic), DeleteRecords(version, TopicCatalog.ConsumerOffsets, 0, -1));
        Assert.Equal(3, log.StartOffset);
    }

    private (int Partition, long Start, ErrorCode Error) DeleteRecords(int version, string topic, int partition, long offset)
    {
        var answer = new DeleteRecordsHandler(test.Catalog).Call(version, w =>
        {
            w.WriteArrayLength(1);
            w.WriteString(topic);
            w.WriteArrayLength(1);
            w.WriteInt32(partition);
            w.WriteInt64(offset);
            w.WriteNoTags();
            w.WriteNoTags();
            w.WriteInt32(1000);
            w.WriteNoTags();
        });
        Assert.Equal((0, 1, topic, 1), (answer.ReadInt32(), answer.ReadArrayLength(), answer.ReadString(), answer.ReadArrayLength()));
        var result = (answer.ReadInt32(), answer.ReadInt64(), answer.ReadError());
        answer.ReadNoTags();
        answer.ReadNoTags();
        answer.ReadEnd();
        return result;
    }

    private (ErrorCode Error, bool HasNoMessage) Grow(int version, int partitions, int[][]? assignments, bool validateOnly)
    {
        var answer = new CreatePartitionsHandler(test.Catalog).Call(version, w =>
        {
            w.WriteArrayLength(1);
            w.WriteString("prompts");
            w.WriteInt32(partitions);
            w.WriteArray(assignments, (e, brokers) =>
            {
                e.WriteArray(brokers, (b, broker) => b.WriteInt32(broker));
                e.WriteNoTags();
            });
            w.WriteNoTags();
            w.WriteInt32(1000);
            w.WriteBoolean(validateOnly);
            w.WriteNoTags();
        });
        Assert.Equal((0, 1, "prompts"), (answer.ReadInt32(), answer.ReadArrayLength(), answer.ReadString()));
        var result = (answer.ReadError(), answer.ReadNullableString() is null);
        answer.ReadNoTags();
        answer.ReadEnd();
        return result;
    }

    private List<Result> Create(int version, bool validateOnly, params NewTopic[] topics)
    {
        var answer = new CreateTopicsHandler(test.Catalog).Call(version, w =>
        {
            w.WriteArray(topics, WriteTopic);
            w.WriteInt32(1000);
            w.WriteBoolean(validateOnly);
            w.WriteNoTags();
        });
        Assert.Equal(0, answer.ReadInt32());
        var results = answer.ReadArray(r => ReadResult(r, version));
        answer.ReadEnd();
        return results;
    }

    private static void WriteTopic(KafkaWriter writer, NewTopic topic)
    {
        writer.WriteString(topic.Name);
        writer.WriteInt32(topic.Partitions);
        writer.WriteInt16(topic.Replicas);
        writer.WriteArray(topic.Assignments, (w, assignment) =>
        {
            w.WriteInt32(assignment.Partition);
            w.WriteArray(assignment.Brokers, (b, broker) => b.WriteInt32(broker));
            w.WriteNoTags();
        });
        writer.WriteArray(topic.Settings, (w, setting) =>
        {
            w.WriteString(setting.Name);
            w.WriteString(setting.Value);
            w.WriteNoTags();
        });
        writer.WriteNoTags();
    }

    private static Result ReadResult(KafkaReader reader, int version)
    {
        var name = reader.ReadString();
        var id = version >= 7 ? reader.ReadUuid() : Guid.Empty;
        var (error, message) = (reader.ReadError(), reader.ReadNullableString());
        var (partitions, replicas) = version >= 5 ? (reader.ReadInt32(), reader.ReadInt16()) : (0, (short)0);
        var settings = version < 5 ? [] : reader.ReadArray(r =>
        {
            var (setting, value) = (r.ReadString(), r.ReadString());
            Assert.False(r.ReadBoolean());
            var source = r.ReadInt8();
            Assert.False(r.ReadBoolean());
            r.ReadNoTags();
            return KeyValuePair.Create(setting, (value, source));
        });
        reader.ReadNoTags();
        return new Result(name, id, error, message, partitions, replicas, settings.ToDictionary());
    }

    private sealed record NewTopic(string Name, int Partitions, short Replicas)
    {
        public (int Partition, int[] Brokers)[] Assignments { get; init; } = [];

        public (string Name, string? Value)[] Settings { get; init; } = [];
    }

    private sealed record Result(
        string Name, Guid Id, ErrorCode Error, string? Message, int Partitions, int Replicas, Dictionary<string, (string Value, sbyte Source)> Settings);
}
