using StreamDistill.Embedded.Broker.Catalog;
using StreamDistill.Embedded.Broker.Handlers;
using StreamDistill.Embedded.Broker.Protocol;
using StreamDistill.Embedded.Tests.Broker.Catalog;

namespace StreamDistill.Embedded.Tests.Broker.Handlers;

public sealed class MetadataTests : IDisposable
{
    private readonly TestCatalog test = new();
    private readonly MetadataHandler handler;

    public MetadataTests()
    {
        handler = new MetadataHandler(test.Catalog);
        test.Catalog.Create("prompts", 2, TestCatalog.NoSettings);
    }

    public void Dispose() => test.Dispose();

    [Fact]
    public void Version_0_describes_one_topic()
    {
        var answer = handler.Call(0, w => w.WriteArray(["prompts"], (e, name) => e.WriteString(name)));

        Assert.Equal(1, answer.ReadInt32());
        Assert.Equal((1, "broker.test", 9092), (answer.ReadInt32(), answer.ReadString(), answer.ReadInt32()));
        Assert.Equal(1, answer.ReadInt32());
        Assert.Equal((ErrorCode.None, "prompts"), (answer.ReadError(), answer.ReadString()));
        Assert.Equal(2, answer.ReadInt32());
        for (var partition = 0; partition < 2; partition++)
        {
            Assert.Equal((ErrorCode.None, partition, 1), (answer.ReadError(), answer.ReadInt32(), answer.ReadInt32()));
            Assert.Equal([1], answer.ReadArray(r => r.ReadInt32()));
            Assert.Equal([1], answer.ReadArray(r => r.ReadInt32()));
        }

        answer.ReadEnd();
    }

    [Fact]
    public void Version_0_takes_an_empty_list_for_every_topic()
    {
        var answer = handler.Call(0, w => w.WriteArrayLength(0));

        answer.ReadArray(r => (r.ReadInt32(), r.ReadString(), r.ReadInt32()));
        Assert.Equal(3, answer.ReadInt32());
    }

    [Fact]
    public void The_newest_version_describes_topics_by_name_and_by_id()
    {
        var id = test.Catalog.Find("prompts")!.Id;
        var unknown = Guid.NewGuid();

        var topics = Newest([(null, id), ("prompts", Guid.Empty), (null, unknown), ("a b", Guid.Empty), ("nowhere", Guid.Empty)], creates: false);

        Assert.Equal(
            [
                (ErrorCode.None, "prompts", id, false, 2),
                (ErrorCode.None, "prompts", id, false, 2),
                (ErrorCode.UnknownTopicId, null, unknown, false, 0),
                (ErrorCode.InvalidTopic, "a b", Guid.Empty, false, 0),
                (ErrorCode.UnknownTopicOrPartition, "nowhere", Guid.Empty, false, 0),
            ],
            topics);
        Assert.Null(test.Catalog.Find("nowhere"));
    }

    [Fact]
    public void Null_asks_for_every_topic_and_an_empty_list_for_none()
    {
        Assert.Equal(
            [(TopicCatalog.ConsumerOffsets, true), (TopicCatalog.TransactionState, true), ("prompts", false)],
            Newest(null, creates: true).Select(t => (t.Name!, t.IsInternal)).OrderBy(t => t.Item1, StringComparer.Ordinal));
        Assert.Empty(Newest([], creates: true));
    }

    [Fact]
    public void A_topic_that_is_not_there_is_made_where_the_client_allows_it()
    {
        var topic = Assert.Single(Newest([("made", Guid.Empty)], creates: true));

        Assert.Equal((ErrorCode.None, "made", test.Catalog.Find("made")!.Id, false, 1), topic);
    }

    [Fact]
    public void A_topic_is_not_made_where_the_broker_does_not_allow_it()
    {
        using var strict = new TestCatalog(new CatalogOptions { AutoCreates = false });
        var answer = new MetadataHandler(strict.Catalog).Call(1, w => w.WriteArray(["made"], (e, name) => e.WriteString(name)));

        answer.ReadArray(r => (r.ReadInt32(), r.ReadString(), r.ReadInt32(), r.ReadNullableString()));
        Assert.Equal(1, answer.ReadInt32());
        Assert.Equal(1, answer.ReadInt32());
        Assert.Equal(ErrorCode.UnknownTopicOrPartition, answer.ReadError());
        Assert.DoesNotContain("made", strict.Catalog.Topics.Keys);
    }

    [Fact]
    public void A_topic_asked_for_many_times_is_answered_once() =>
        Assert.Single(Newest([.. Enumerable.Repeat(((string?)"prompts", Guid.Empty), 1000)], creates: true));

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(7)]
    [InlineData(8)]
    [InlineData(9)]
    [InlineData(10)]
    [InlineData(11)]
    [InlineData(12)]
    [InlineData(13)]
    public void Every_version_has_its_fields(int version)
    {
        var answer = handler.Call(version, w => WriteRequest(w, version, [("prompts", Guid.Empty)], creates: true));

        Assert.Equal("prompts", Assert.Single(Read(answer, version)).Name);
    }

    private List<(ErrorCode Error, string? Name, Guid Id, bool IsInternal, int Partitions)> Newest((string? Name, Guid Id)[]? topics, bool creates) =>
        Read(handler.Call(13, w => WriteRequest(w, 13, topics, creates)), 13);

    private static void WriteRequest(KafkaWriter writer, int version, (string? Name, Guid Id)[]? topics, bool creates)
    {
        writer.WriteArray(topics, (w, topic) =>
        {
            if (version >= 10)
            {
                w.WriteUuid(topic.Id);
            }

            w.WriteString(topic.Name);
            w.WriteNoTags();
        });
        if (version >= 4)
        {
            writer.WriteBoolean(creates);
        }

        if (version is >= 8 and <= 10)
        {
            writer.WriteBoolean(true);
        }

        if (version >= 8)
        {
            writer.WriteBoolean(true);
        }

        writer.WriteNoTags();
    }

    /// <summary>Reads an answer of version 1 or later.</summary>
    private List<(ErrorCode Error, string? Name, Guid Id, bool IsInternal, int Partitions)> Read(KafkaReader answer, int version)
    {
        Assert.Equal(0, version >= 3 ? answer.ReadInt32() : 0);
        var broker = Assert.Single(answer.ReadArray(r =>
        {
            var read = (r.ReadInt32(), r.ReadString(), r.ReadInt32(), r.ReadNullableString());
            r.ReadNoTags();
            return read;
        }));
        Assert.Equal((1, "broker.test", 9092, null), broker);
        Assert.Equal(test.Catalog.ClusterId, version >= 2 ? answer.ReadString() : test.Catalog.ClusterId);
        Assert.Equal(1, answer.ReadInt32());
        var topics = answer.ReadArray(r => ReadTopic(r, version));
        Assert.Equal(int.MinValue, version is >= 8 and <= 10 ? answer.ReadInt32() : int.MinValue);
        Assert.Equal(ErrorCode.None, version >= 13 ? answer.ReadError() : ErrorCode.None);
        answer.ReadEnd();
        return topics;
    }

    private static (ErrorCode Error, string? Name, Guid Id, bool IsInternal, int Partitions) ReadTopic(KafkaReader reader, int version)
    {
        var error = reader.ReadError();
        var name = reader.ReadNullableString();
        var id = version >= 10 ? reader.ReadUuid() : Guid.Empty;
        var isInternal = reader.ReadBoolean();
        var partitions = reader.ReadArray(r =>
        {
            Assert.Equal(ErrorCode.None, r.ReadError());
            var partition = r.ReadInt32();
            Assert.Equal(1, r.ReadInt32());
            Assert.Equal(0, version >= 7 ? r.ReadInt32() : 0);
            Assert.Equal([1], r.ReadArray(n => n.ReadInt32()));
            Assert.Equal([1], r.ReadArray(n => n.ReadInt32()));
            Assert.Empty(version >= 5 ? r.ReadArray(n => n.ReadInt32()) : []);
            r.ReadNoTags();
            return partition;
        });
        Assert.Equal(Enumerable.Range(0, partitions.Count), partitions);
        Assert.Equal(int.MinValue, version >= 8 ? reader.ReadInt32() : int.MinValue);
        reader.ReadNoTags();
        return (error, name, id, isInternal, partitions.Count);
    }
}
