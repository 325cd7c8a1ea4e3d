using StreamDistill.Embedded.Broker.Handlers;
using StreamDistill.Embedded.Broker.Protocol;
using StreamDistill.Embedded.Tests.Broker.Catalog;

namespace StreamDistill.Embedded.Tests.Broker.Handlers;

/// <summary>FindCoordinator, DescribeCluster and DescribeLogDirs.</summary>
public sealed class ClusterHandlersTests : IDisposable
{
    private readonly TestCatalog test = new();

    public void Dispose() => test.Dispose();

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Older_versions_of_FindCoordinator_answer_one_key(int version)
    {
        var answer = new FindCoordinatorHandler().Call(version, w =>
        {
            w.WriteString("group");
            if (version >= 1)
            {
                w.WriteInt8(0);
            }

            w.WriteNoTags();
        });

        Assert.Equal(0, version >= 1 ? answer.ReadInt32() : 0);
        Assert.Equal(ErrorCode.None, answer.ReadError());
        Assert.Null(version >= 1 ? answer.ReadNullableString() : null);
        Assert.Equal((1, "broker.test", 9092), (answer.ReadInt32(), answer.ReadString(), answer.ReadInt32()));
        answer.ReadEnd();
    }

    [Theory]
    [InlineData(4)]
    [InlineData(6)]
    public void Newer_versions_of_FindCoordinator_answer_many(int version)
    {
        Assert.Equal([("a", 1, "broker.test", 9092, ErrorCode.None), ("b", 1, "broker.test", 9092, ErrorCode.None)], Find(version, 0, "a", "b"));
        Assert.Equal([("t", 1, "broker.test", 9092, ErrorCode.None), ("", -1, "", -1, ErrorCode.InvalidRequest)], Find(version, 1, "t", ""));
        Assert.Equal([("s", -1, "", -1, ErrorCode.InvalidRequest)], Find(version, 2, "s"));
    }

    [Theory]
    [InlineData(0, 1, ErrorCode.None)]
    [InlineData(1, 1, ErrorCode.None)]
    [InlineData(1, 2, ErrorCode.MismatchedEndpointType)]
    [InlineData(1, 3, ErrorCode.UnsupportedEndpointType)]
    public void DescribeCluster_names_the_one_broker(int version, int endpoints, object error)
    {
        var answer = new DescribeClusterHandler(test.Catalog).Call(version, w =>
        {
            w.WriteBoolean(true);
            if (version >= 1)
            {
                w.WriteInt8((sbyte)endpoints);
            }

            w.WriteNoTags();
        });

        Assert.Equal((0, error), (answer.ReadInt32(), (object)answer.ReadError()));
        Assert.Equal(error is ErrorCode.None, answer.ReadNullableString() is null);
        Assert.Equal(1, version >= 1 ? answer.ReadInt8() : 1);
        Assert.Equal((test.Catalog.ClusterId, 1), (answer.ReadString(), answer.ReadInt32()));
        var brokers = answer.ReadArray(r =>
        {
            var broker = (r.ReadInt32(), r.ReadString(), r.ReadInt32(), r.ReadNullableString());
            r.ReadNoTags();
            return broker;
        });
        Assert.Equal(error is ErrorCode.None ? [(1, "broker.test", 9092, null)] : [], brokers);
        Assert.Equal(int.MinValue, answer.ReadInt32());
        answer.ReadEnd();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void DescribeLogDirs_has_the_data_directory(int version)
    {
        test.Catalog.Create("prompts", 2, TestCatalog.NoSettings);
        var answer = new DescribeLogDirsHandler(test.Catalog).Call(version, w =>
        {
            w.WriteArrayLength(2);
            foreach (var topic in new[] { "prompts", "nowhere" })
            {
                w.WriteString(topic);
                w.WriteArray([1, 5], (p, partition) => p.WriteInt32(partition));
                w.WriteNoTags();
            }

            w.WriteNoTags();
        });

        Assert.Equal((0, ErrorCode.None), (answer.ReadInt32(), version >= 3 ? answer.ReadError() : ErrorCode.None));
        Assert.Equal((1, ErrorCode.None, test.Directory), (answer.ReadArrayLength(), answer.ReadError(), answer.ReadString()));
        Assert.Equal((1, "prompts", 1), (answer.ReadArrayLength(), answer.ReadString(), answer.ReadArrayLength()));
        Assert.Equal((1, 0L, 0L, false), (answer.ReadInt32(), answer.ReadInt64(), answer.ReadInt64(), answer.ReadBoolean()));
        answer.ReadNoTags();
        answer.ReadNoTags();
        if (version >= 4)
        {
            Assert.True(answer.ReadInt64() > 0);
            Assert.True(answer.ReadInt64() > 0);
        }

        answer.ReadNoTags();
        answer.ReadEnd();
    }

    private static List<(string Key, int Node, string Host, int Port, ErrorCode Error)> Find(int version, sbyte type, params string[] keys)
    {
        var answer = new FindCoordinatorHandler().Call(version, w =>
        {
            w.WriteInt8(type);
            w.WriteArray(keys, (e, key) => e.WriteString(key));
            w.WriteNoTags();
        });
        Assert.Equal(0, answer.ReadInt32());
        var coordinators = answer.ReadArray(r =>
        {
            var coordinator = (r.ReadString(), r.ReadInt32(), r.ReadString(), r.ReadInt32(), r.ReadError());
            Assert.Equal(coordinator.Item5 == ErrorCode.None, r.ReadNullableString() is null);
            r.ReadNoTags();
            return coordinator;
        });
        answer.ReadEnd();
        return coordinators;
    }
}
