using System.Net;
using System.Text;
using Confluent.Kafka;
using Confluent.Kafka.Admin;
using StreamDistill.Embedded.Broker;
using StreamDistill.Embedded.Broker.Log;
using ClientTopicPartition = Confluent.Kafka.TopicPartition;

namespace StreamDistill.Embedded.Tests.Broker.Groups;

/// <summary>Groups as Confluent.Kafka's consumers, producers and admin clients use them.</summary>
public sealed class GroupClientsTests : IAsyncLifetime
{
    private const int Partitions = 6;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly ClientTopicPartition T0 = new("t", 0);

    private readonly TemporaryDirectory directory = new();
    private readonly List<GroupClient> clients = [];
    private BrokerServer broker = null!;
    private int port;

    private string Servers => "127.0.0.1:" + port;

    public async ValueTask InitializeAsync() => await StartAsync();

    public async ValueTask DisposeAsync()
    {
        clients.ForEach(client => client.Dispose());
        await broker.DisposeAsync();
        directory.Dispose();
    }

    [Fact]
    public async Task Cooperative_members_join_leave_and_die_and_every_partition_has_one_reader()
    {
        var first = Join("g", PartitionAssignmentStrategy.CooperativeSticky);
        await AreShared(first);
        var second = Join("g", PartitionAssignmentStrategy.CooperativeSticky);
        await AreShared(first, second);
        var kept = first.Assigned.ToArray();
        Assert.DoesNotContain(first.Revoked, kept.Contains);

        var third = Join("g", PartitionAssignmentStrategy.CooperativeSticky);
        await AreShared(first, second, third);
        third.Leave();
        await AreShared(first, second);
        second.Die();
        await AreShared(first);
        Assert.Equal(0, first.Lost);
    }

    [Fact]
    public async Task Eager_members_join_and_leave_and_every_partition_has_one_reader()
    {
        var first = Join("g", PartitionAssignmentStrategy.Range);
        await AreShared(first);
        var second = Join("g", PartitionAssignmentStrategy.Range);
        await AreShared(first, second);
        first.Leave();
        await AreShared(second);
    }

    [Fact]
    public async Task A_static_member_that_starts_again_gets_its_partitions_back_and_nobody_else_notices()
    {
        var stays = Join("g", PartitionAssignmentStrategy.CooperativeSticky, "i0", sessionMs: 30_000);
        var restarts = Join("g", PartitionAssignmentStrategy.CooperativeSticky, "i1", sessionMs: 30_000);
        await AreShared(stays, restarts);
        var (had, rebalances) = (restarts.Assigned, stays.Rebalances);

        restarts.Die();
        var again = Join("g", PartitionAssignmentStrategy.CooperativeSticky, "i1", sessionMs: 30_000);
        await Eventually(() => again.Assigned.SequenceEqual(had), () => $"It has {string.Join(',', again.Assigned)} and had {string.Join(',', had)}.");

        Assert.Equal(rebalances, stays.Rebalances);
        Assert.Empty(stays.Revoked.Intersect(stays.Assigned));
    }

    [Fact]
    public async Task Committed_offsets_survive_a_restart_and_members_go_on_after_it()
    {
        var member = Join("g", PartitionAssignmentStrategy.CooperativeSticky);
        await AreShared(member);
        member.Commit(0, 42);
        Assert.Equal(42, CommittedOf("g", T0));

        await broker.DisposeAsync();
        await StartAsync();

        Assert.Equal(42, CommittedOf("g", T0));
        await Eventually(() => TryCommit(member, 43), () => "The member did not come back.");
        Assert.Equal(43, CommittedOf("g", T0));
    }

    [Fact]
    public async Task Offsets_in_a_transaction_count_when_it_commits_and_not_when_it_aborts()
    {
        var member = Join("g", PartitionAssignmentStrategy.Range);
        await AreShared(member);
        using var producer = new ProducerBuilder<string, byte[]>(new ProducerConfig { BootstrapServers = Servers, TransactionalId = "x" }).Build();
        producer.InitTransactions(Patience);

        producer.BeginTransaction();
        producer.Produce("t", new Message<string, byte[]> { Key = "k", Value = [1] });
        producer.SendOffsetsToTransaction([new TopicPartitionOffset(T0, 5)], member.Metadata, Patience);
        producer.CommitTransaction(Patience);
        Assert.Equal(5, CommittedOf("g", T0));

        producer.BeginTransaction();
        producer.SendOffsetsToTransaction([new TopicPartitionOffset(T0, 9)], member.Metadata, Patience);
        producer.AbortTransaction(Patience);
        Assert.Equal(5, CommittedOf("g", T0));
    }

    [Fact]
    public async Task A_member_that_the_group_has_gone_on_without_cannot_commit_in_a_transaction()
    {
        var zombie = Join("g", PartitionAssignmentStrategy.Range);
        await AreShared(zombie);
        var stale = zombie.Metadata;
        zombie.Leave();
        using var producer = new ProducerBuilder<string, byte[]>(new ProducerConfig { BootstrapServers = Servers, TransactionalId = "x" }).Build();
        producer.InitTransactions(Patience);
        producer.BeginTransaction();

        var refused = Assert.ThrowsAny<KafkaException>(() => producer.SendOffsetsToTransaction([new TopicPartitionOffset(T0, 5)], stale, Patience));

        Assert.Contains(refused.Error.Code, new[] { ErrorCode.UnknownMemberId, ErrorCode.IllegalGeneration });
        producer.AbortTransaction(Patience);
        Assert.Equal(Offset.Unset.Value, CommittedOf("g", T0));
    }

    [Fact]
    public async Task An_admin_client_sees_groups_and_deletes_them_with_their_offsets()
    {
        var member = Join("g", PartitionAssignmentStrategy.Range);
        await AreShared(member);
        member.Commit(0, 1);
        using var admin = new AdminClientBuilder(new AdminClientConfig { BootstrapServers = Servers }).Build();

        var listed = await admin.ListConsumerGroupsAsync();
        Assert.Equal(("g", ConsumerGroupState.Stable), (Assert.Single(listed.Valid).GroupId, listed.Valid[0].State));
        var described = Assert.Single((await admin.DescribeConsumerGroupsAsync(["g"])).ConsumerGroupDescriptions);
        Assert.Equal((ConsumerGroupState.Stable, "range", 1), (described.State, described.PartitionAssignor, described.Members.Count));
        Assert.Equal(Partitions, described.Members[0].Assignment.TopicPartitions.Count);
        var refused = await Assert.ThrowsAsync<DeleteGroupsException>(() => admin.DeleteGroupsAsync(["g"]));
        Assert.Equal(ErrorCode.NonEmptyGroup, refused.Results[0].Error.Code);

        member.Leave();
        await admin.DeleteConsumerGroupOffsetsAsync("g", [T0]);
        Assert.Equal(Offset.Unset.Value, CommittedOf("g", T0));
        await admin.AlterConsumerGroupOffsetsAsync([new ConsumerGroupTopicPartitionOffsets("g", [new TopicPartitionOffset(T0, 3)])]);
        var offsets = await admin.ListConsumerGroupOffsetsAsync([new ConsumerGroupTopicPartitions("g", null)]);
        Assert.Equal(3, Assert.Single(offsets[0].Partitions).Offset.Value);
        await admin.DeleteGroupsAsync(["g"]);
        Assert.Empty((await admin.ListConsumerGroupsAsync()).Valid);
    }

    private static async Task Eventually(Func<bool> holds, Func<string> otherwise)
    {
        for (var deadline = DateTime.UtcNow + Patience; !holds();)
        {
            Assert.True(DateTime.UtcNow < deadline, otherwise());
            await Task.Delay(50, TestContext.Current.CancellationToken);
        }
    }

    private static Task AreShared(params GroupClient[] members) => Eventually(
        () => members.All(member => member.Assigned.Count > 0) && members.SelectMany(member => member.Assigned).Order().SequenceEqual(Enumerable.Range(0, Partitions)),
        () => "The partitions are shared so: " + new StringBuilder().AppendJoin("; ", members.Select(member => string.Join(',', member.Assigned))));

    private static bool TryCommit(GroupClient member, long offset)
    {
        try
        {
            member.Commit(0, offset);
            return true;
        }
        catch (KafkaException e) when (!e.Error.IsFatal)
        {
            return false;
        }
    }

    private GroupClient Join(string group, PartitionAssignmentStrategy strategy, string? instanceId = null, int sessionMs = 6000)
    {
        var client = new GroupClient(Servers, group, strategy, instanceId, sessionMs);
        clients.Add(client);
        return client;
    }

    private long CommittedOf(string group, ClientTopicPartition partition)
    {
        using var reader = new ConsumerBuilder<string, byte[]>(new ConsumerConfig { BootstrapServers = Servers, GroupId = group }).Build();
        return reader.Committed([partition], Patience).Single().Offset.Value;
    }

    private async Task StartAsync()
    {
        broker = await BrokerServer.StartAsync(
            new BrokerOptions { Port = port },
            directory.Path,
            DiskFileSystem.Instance,
            catalog => catalog.Create("t", Partitions, new Dictionary<string, string>()),
            TimeProvider.System);
        port = broker.Endpoint.Port;
    }
}
