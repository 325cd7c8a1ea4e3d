using Microsoft.Extensions.Logging.Abstractions;
using StreamDistill.Embedded.Broker.Groups;
using StreamDistill.Embedded.Broker.Handlers;
using StreamDistill.Embedded.Broker.Log;
using StreamDistill.Embedded.Broker.Protocol;
using StreamDistill.Embedded.Tests.Broker.Groups;

namespace StreamDistill.Embedded.Tests.Broker.Handlers;

/// <summary>Every version of the group requests, field by field as in Kafka's message definitions; nothing may be left over on either side.</summary>
public sealed class GroupHandlersTests : IDisposable
{
    private readonly TemporaryDirectory directory = new();
    private readonly PartitionLog log;
    private readonly GroupCoordinator groups;

    public GroupHandlersTests()
    {
        log = PartitionLog.Open(DiskFileSystem.Instance, directory.Path, "__consumer_offsets-0", new LogOptions(), TimeProvider.System, NullLogger.Instance);
        groups = new GroupCoordinator(
            log, (topic, _) => topic == "t", new GroupOptions { InitialRebalanceDelay = TimeSpan.Zero }, TimeProvider.System, NullLogger.Instance);
    }

    public static IEnumerable<TheoryDataRow<int>> Versions(int from, int to) => Enumerable.Range(from, to - from + 1).Select(version => new TheoryDataRow<int>(version));

    public void Dispose()
    {
        groups.Dispose();
        log.Dispose();
        directory.Dispose();
    }

    [Theory]
    [MemberData(nameof(Versions), 2, 9)]
    public void OffsetCommit_takes_every_version(int version)
    {
        var answer = new OffsetCommitHandler(groups).Call(version, w =>
        {
            w.WriteString("g");
            w.WriteInt32(-1);
            w.WriteString("");
            WriteIf(version >= 7, () => w.WriteString(null));
            WriteIf(version <= 4, () => w.WriteInt64(-1));
            w.WriteArray(new[] { "t", "unknown" }, (topic, name) =>
            {
                topic.WriteString(name);
                topic.WriteArray(new[] { 3 }, (partition, number) =>
                {
                    partition.WriteInt32(number);
                    partition.WriteInt64(77);
                    WriteIf(version >= 6, () => partition.WriteInt32(4));
                    partition.WriteString("m");
                    partition.WriteNoTags();
                });
                topic.WriteNoTags();
            });
            w.WriteNoTags();
        });

        ReadThrottle(answer, version >= 3);
        Assert.Equal([("t", 3, ErrorCode.None), ("unknown", 3, ErrorCode.UnknownTopicOrPartition)], ReadErrors(answer));
        answer.ReadEnd();
        Assert.Equal(new CommittedOffset(77, version >= 6 ? 4 : -1, "m", Stored.CommittedAtMs), Stored);
    }

    [Theory]
    [MemberData(nameof(Versions), 1, 7)]
    public async Task OffsetFetch_of_one_group_takes_every_version(int version)
    {
        await Commit(77);
        var answer = new OffsetFetchHandler(groups).Call(version, w =>
        {
            w.WriteString("g");
            WriteAsked(w);
            WriteIf(version >= 7, () => w.WriteBoolean(true));
            w.WriteNoTags();
        });

        ReadThrottle(answer, version >= 3);
        ReadFetched(answer, version);
        if (version >= 2)
        {
            Assert.Equal(ErrorCode.None, answer.ReadError());
        }

        answer.ReadEnd();
    }

    [Theory]
    [MemberData(nameof(Versions), 8, 9)]
    public async Task OffsetFetch_of_several_groups_takes_every_version(int version)
    {
        await Commit(77);
        var answer = new OffsetFetchHandler(groups).Call(version, w =>
        {
            w.WriteArray(new[] { "g", "unknown" }, (group, name) =>
            {
                group.WriteString(name);
                WriteIf(version >= 9, () =>
                {
                    group.WriteString(null);
                    group.WriteInt32(-1);
                });
                if (name == "g")
                {
                    WriteAsked(group);
                }
                else
                {
                    group.WriteArrayLength(-1);
                }

                group.WriteNoTags();
            });
            w.WriteBoolean(false);
            w.WriteNoTags();
        });

        ReadThrottle(answer, true);
        Assert.Equal(2, answer.ReadArrayLength());
        Assert.Equal("g", answer.ReadString());
        ReadFetched(answer, version);
        Assert.Equal(ErrorCode.None, answer.ReadError());
        answer.ReadNoTags();
        Assert.Equal("unknown", answer.ReadString());
        Assert.Equal(0, answer.ReadArrayLength());
        Assert.Equal(ErrorCode.None, answer.ReadError());
        answer.ReadNoTags();
        answer.ReadEnd();
    }

    [Theory]
    [MemberData(nameof(Versions), 0, 9)]
    public async Task JoinGroup_SyncGroup_and_what_a_member_does_take_every_version(int version)
    {
        var (memberId, instanceId) = await Join(version);
        var sync = await CallAsync(new SyncGroupHandler(groups), Math.Min(version, 5), w => WriteSync(w, Math.Min(version, 5), memberId, instanceId));
        ReadThrottle(sync, version >= 1);
        Assert.Equal(ErrorCode.None, sync.ReadError());
        if (version >= 5)
        {
            Assert.Equal(("consumer", "range"), (sync.ReadString(), sync.ReadString()));
        }

        Assert.Equal([9], sync.ReadBytes().ToArray());
        sync.ReadEnd();

        Heartbeat(Math.Min(version, 4), memberId, instanceId);
        Describe(Math.Min(version, 5), memberId, instanceId);
        Leave(Math.Min(version, 5), memberId, instanceId);
    }

    [Theory]
    [MemberData(nameof(Versions), 0, 5)]
    public async Task ListGroups_takes_every_version_and_filters_by_state_and_type(int version)
    {
        await Commit(1);
        Assert.Equal(["g"], List(version, [], []));
        if (version >= 4)
        {
            Assert.Equal(["g"], List(version, ["empty"], []));
            Assert.Empty(List(version, ["Stable"], []));
        }

        if (version >= 5)
        {
            Assert.Equal(["g"], List(version, [], ["classic"]));
            Assert.Empty(List(version, [], ["consumer"]));
        }
    }

    [Theory]
    [MemberData(nameof(Versions), 0, 2)]
    public async Task DeleteGroups_takes_every_version(int version)
    {
        await Commit(1);
        var answer = new DeleteGroupsHandler(groups).Call(version, w =>
        {
            w.WriteArray(new[] { "g", "unknown" }, (group, name) => group.WriteString(name));
            w.WriteNoTags();
        });

        ReadThrottle(answer, true);
        Assert.Equal([("g", ErrorCode.None), ("unknown", ErrorCode.GroupIdNotFound)], answer.ReadArray(r =>
        {
            var result = (r.ReadString(), r.ReadError());
            r.ReadNoTags();
            return result;
        }));
        answer.ReadEnd();
    }

    [Fact]
    public async Task OffsetDelete_deletes_what_is_named()
    {
        await Commit(1);
        var answer = new OffsetDeleteHandler(groups).Call(0, w =>
        {
            w.WriteString("g");
            w.WriteArray(new[] { "t" }, (topic, name) =>
            {
                topic.WriteString(name);
                topic.WriteArray(new[] { 3 }, (partition, number) => partition.WriteInt32(number));
            });
        });

        Assert.Equal(ErrorCode.None, answer.ReadError());
        ReadThrottle(answer, true);
        Assert.Equal([("t", 3, ErrorCode.None)], ReadErrors(answer));
        answer.ReadEnd();
        Assert.Empty(groups.Fetch("g", null, requireStable: false));
    }

    private CommittedOffset Stored => groups.Fetch("g", null, requireStable: false).Single().Committed!;

    private static void WriteIf(bool condition, Action write)
    {
        if (condition)
        {
            write();
        }
    }

    private static void ReadThrottle(KafkaReader answer, bool isThere)
    {
        if (isThere)
        {
            Assert.Equal(0, answer.ReadInt32());
        }
    }

    private static List<(string Topic, int Partition, ErrorCode Error)> ReadErrors(KafkaReader answer) =>
    [
        .. answer.ReadArray(r =>
        {
            var topic = r.ReadString();
            var partitions = r.ReadArray(p =>
            {
                var partition = (topic, p.ReadInt32(), p.ReadError());
                p.ReadNoTags();
                return partition;
            });
            r.ReadNoTags();
            return partitions;
        }).SelectMany(partitions => partitions)
    ];

    private static void WriteAsked(KafkaWriter into) => into.WriteArray(new[] { "t" }, (topic, name) =>
    {
        topic.WriteString(name);
        topic.WriteArray(new[] { 3, 4 }, (partition, number) => partition.WriteInt32(number));
        topic.WriteNoTags();
    });

    private static void ReadFetched(KafkaReader answer, int version)
    {
        Assert.Equal(1, answer.ReadArrayLength());
        Assert.Equal("t", answer.ReadString());
        var offsets = answer.ReadArray(r =>
        {
            var offset = (r.ReadInt32(), r.ReadInt64(), version >= 5 ? r.ReadInt32() : 4, r.ReadString(), r.ReadError());
            r.ReadNoTags();
            return offset;
        });
        answer.ReadNoTags();
        Assert.Equal([(3, 77L, 4, "m", ErrorCode.None), (4, -1L, version >= 5 ? -1 : 4, "", ErrorCode.None)], offsets);
    }

    private static async Task<KafkaReader> CallAsync(Handler handler, int version, Action<KafkaWriter> body)
    {
        var isFlexible = version >= handler.FlexibleFrom;
        var written = new KafkaWriter(isFlexible);
        body(written);
        var answer = new KafkaWriter(isFlexible);
        var request = new Request(handler.Key, (short)version, "test", "127.0.0.1", new KafkaReader(written.Written, isFlexible));
        Assert.True(await handler.HandleAsync(request, answer, TestContext.Current.CancellationToken));
        Assert.Equal(0, request.Body.Remaining);
        return new KafkaReader(answer.Written, isFlexible);
    }

    private static void WriteSync(KafkaWriter w, int version, string memberId, string? instanceId)
    {
        w.WriteString("g");
        w.WriteInt32(1);
        w.WriteString(memberId);
        WriteIf(version >= 3, () => w.WriteString(instanceId));
        WriteIf(version >= 5, () =>
        {
            w.WriteString("consumer");
            w.WriteString("range");
        });
        w.WriteArray(new[] { memberId }, (assignment, id) =>
        {
            assignment.WriteString(id);
            assignment.WriteBytes([9]);
            assignment.WriteNoTags();
        });
        w.WriteNoTags();
    }

    private async Task Commit(long offset) =>
        Assert.Equal([ErrorCode.None], await groups.CommitAsync(new OffsetCommit("g", new MemberIdentity("", null), [new OffsetToCommit("t", 3, offset, 4, "m")])));

    private async Task<(string MemberId, string? InstanceId)> Join(int version)
    {
        // From version 4 a dynamic member is told its id first; a static one (from version 5) is not.
        var instanceId = version >= 5 ? "i0" : null;
        var memberId = "";
        if (version == 4)
        {
            var (error, promised) = ReadJoined(await CallAsync(new JoinGroupHandler(groups), version, w => WriteJoin(w, version, "", null)), version, members: 0);
            Assert.Equal(ErrorCode.MemberIdRequired, error);
            memberId = promised;
        }

        var joined = ReadJoined(await CallAsync(new JoinGroupHandler(groups), version, w => WriteJoin(w, version, memberId, instanceId)), version, members: 1);
        Assert.Equal(ErrorCode.None, joined.Error);
        return (joined.MemberId, instanceId);
    }

    private static void WriteJoin(KafkaWriter w, int version, string memberId, string? instanceId)
    {
        w.WriteString("g");
        w.WriteInt32(10_000);
        WriteIf(version >= 1, () => w.WriteInt32(60_000));
        w.WriteString(memberId);
        WriteIf(version >= 5, () => w.WriteString(instanceId));
        w.WriteString("consumer");
        w.WriteArray(new[] { GroupHarness.Offer("range", "t") }, (protocol, offer) =>
        {
            protocol.WriteString(offer.Name);
            protocol.WriteBytes(offer.Metadata);
            protocol.WriteNoTags();
        });
        WriteIf(version >= 8, () => w.WriteString("because"));
        w.WriteNoTags();
    }

    private static (ErrorCode Error, string MemberId) ReadJoined(KafkaReader answer, int version, int members)
    {
        ReadThrottle(answer, version >= 2);
        var error = answer.ReadError();
        Assert.Equal(error == ErrorCode.None ? 1 : -1, answer.ReadInt32());
        if (version >= 7)
        {
            Assert.Equal("consumer", answer.ReadNullableString());
        }

        Assert.Equal(error == ErrorCode.None ? "range" : "", answer.ReadString());
        var leader = answer.ReadString();
        if (version >= 9)
        {
            Assert.False(answer.ReadBoolean());
        }

        var memberId = answer.ReadString();
        Assert.Equal(error == ErrorCode.None ? memberId : "", leader);
        Assert.Equal(members, answer.ReadArray(r =>
        {
            Assert.Equal(memberId, r.ReadString());
            Assert.Equal(version >= 5 ? "i0" : null, version >= 5 ? r.ReadNullableString() : null);
            Assert.Equal(GroupHarness.Offer("range", "t").Metadata, r.ReadBytes().ToArray());
            r.ReadNoTags();
            return memberId;
        }).Count);
        answer.ReadEnd();
        return (error, memberId);
    }

    private void Heartbeat(int version, string memberId, string? instanceId)
    {
        var answer = new HeartbeatHandler(groups).Call(version, w =>
        {
            w.WriteString("g");
            w.WriteInt32(1);
            w.WriteString(memberId);
            WriteIf(version >= 3, () => w.WriteString(instanceId));
            w.WriteNoTags();
        });
        ReadThrottle(answer, version >= 1);
        Assert.Equal(ErrorCode.None, answer.ReadError());
        answer.ReadEnd();
    }

    private void Describe(int version, string memberId, string? instanceId)
    {
        var answer = new DescribeGroupsHandler(groups).Call(version, w =>
        {
            w.WriteArray(new[] { "g", "unknown", "g" }, (group, name) => group.WriteString(name));
            WriteIf(version >= 3, () => w.WriteBoolean(true));
            w.WriteNoTags();
        });
        ReadThrottle(answer, version >= 1);
        var described = answer.ReadArray(r =>
        {
            var group = (r.ReadError(), r.ReadString(), r.ReadString(), r.ReadString(), r.ReadString());
            r.ReadArray(member =>
            {
                Assert.Equal(memberId, member.ReadString());
                Assert.Equal(version >= 4 ? instanceId : null, version >= 4 ? member.ReadNullableString() : null);
                Assert.Equal("test", member.ReadString());
                Assert.Equal("127.0.0.1", member.ReadString());
                Assert.Equal(GroupHarness.Offer("range", "t").Metadata, member.ReadBytes().ToArray());
                Assert.Equal([9], member.ReadBytes().ToArray());
                member.ReadNoTags();
                return 0;
            });
            Assert.Equal(int.MinValue, version >= 3 ? r.ReadInt32() : int.MinValue);
            r.ReadNoTags();
            return group;
        });
        answer.ReadEnd();
        Assert.Equal([(ErrorCode.None, "g", "Stable", "consumer", "range"), (ErrorCode.None, "unknown", "Dead", "", "")], described);
    }

    private void Leave(int version, string memberId, string? instanceId)
    {
        var answer = new LeaveGroupHandler(groups).Call(version, w =>
        {
            w.WriteString("g");
            if (version < 3)
            {
                w.WriteString(memberId);
            }
            else
            {
                w.WriteArray(new[] { memberId, "nobody" }, (member, id) =>
                {
                    member.WriteString(id);
                    member.WriteString(id == memberId ? instanceId : null);
                    WriteIf(version >= 5, () => member.WriteString("because"));
                    member.WriteNoTags();
                });
            }

            w.WriteNoTags();
        });
        ReadThrottle(answer, version >= 1);
        Assert.Equal(ErrorCode.None, answer.ReadError());
        if (version >= 3)
        {
            Assert.Equal([(memberId, instanceId, ErrorCode.None), ("nobody", null, ErrorCode.UnknownMemberId)], answer.ReadArray(r =>
            {
                var member = (r.ReadString(), r.ReadNullableString(), r.ReadError());
                r.ReadNoTags();
                return member;
            }));
        }

        answer.ReadEnd();
        Assert.Equal(GroupState.Empty, groups.Describe("g").State);
    }

    private List<string> List(int version, string[] states, string[] types)
    {
        var answer = new ListGroupsHandler(groups).Call(version, w =>
        {
            WriteIf(version >= 4, () => w.WriteArray(states, (filter, state) => filter.WriteString(state)));
            WriteIf(version >= 5, () => w.WriteArray(types, (filter, type) => filter.WriteString(type)));
            w.WriteNoTags();
        });
        ReadThrottle(answer, version >= 1);
        Assert.Equal(ErrorCode.None, answer.ReadError());
        var listed = answer.ReadArray(r =>
        {
            var groupId = r.ReadString();
            Assert.Equal("", r.ReadString());
            Assert.Equal("Empty", version >= 4 ? r.ReadString() : "Empty");
            Assert.Equal("classic", version >= 5 ? r.ReadString() : "classic");
            r.ReadNoTags();
            return groupId;
        });
        answer.ReadEnd();
        return listed;
    }
}
