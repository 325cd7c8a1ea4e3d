using System.Collections.Concurrent;
using System.Diagnostics;
using Confluent.Kafka;

namespace StreamDistill.Interop.Conformance;

/// <content>Consumer groups.</content>
internal sealed partial class LibrdkafkaFeatures
{
    private async Task GroupAsync()
    {
        var topic = await NewTopicAsync();
        var group = Cluster.NewTopic("group");
        Produce(topic, Values(0, 10));
        using (var consumer = Consumer(config => config.GroupId = group))
        {
            consumer.Subscribe(topic);
            Assert.Equal(10, ToTheEnd(consumer).Count);
            consumer.Commit([new TopicPartitionOffset(First(topic), 6)]);
            consumer.Close();
        }

        using var next = Consumer(config => config.GroupId = group);
        next.Subscribe(topic);
        Assert.Equal(Values(6, 10), ToTheEnd(next).Select(record => record.Message.Value));
    }

    /// <summary>Three members come one after the other, two go; every record is read once, and in the end one has all partitions.</summary>
    private async Task MembersComeAndGoAsync(PartitionAssignmentStrategy strategy)
    {
        var topic = await NewTopicAsync(partitions: 6);
        var group = Cluster.NewTopic("group");
        using var team = new Team(() => Consumer(config =>
        {
            config.GroupId = group;
            config.PartitionAssignmentStrategy = strategy;
            config.EnablePartitionEof = false;
        }), topic);
        var first = team.Join();
        await EventuallyAsync("one has six", () => first.Count == 6);
        var second = team.Join();
        await EventuallyAsync("two share six", () => (first.Count, second.Count) == (3, 3));
        var third = team.Join();
        await EventuallyAsync("three share six", () => (first.Count, second.Count, third.Count) == (2, 2, 2));
        using (var producer = Producer())
        {
            for (var i = 0; i < 600; i++)
            {
                producer.Produce(new TopicPartition(topic, i % 6), new Message<string, string?> { Value = FormattableString.Invariant($"v{i}") });
            }

            producer.Flush(Patience);
        }

        await EventuallyAsync("everything is read", () => team.Read.Count == 600);
        await second.LeaveAsync();
        await EventuallyAsync("two share six again", () => (first.Count, third.Count) == (3, 3));
        await third.LeaveAsync();
        await EventuallyAsync("one has six again", () => first.Count == 6);
        Assert.Equal(600, team.Read.Distinct().Count());
    }

    /// <summary>kcat is a member until it is killed; after its session its partitions are the other's.</summary>
    private async Task KilledMemberAsync()
    {
        var topic = await NewTopicAsync(partitions: 4);
        var group = Cluster.NewTopic("group");
        using var team = new Team(() => Consumer(config =>
        {
            config.GroupId = group;
            config.PartitionAssignmentStrategy = PartitionAssignmentStrategy.Range;
            config.EnablePartitionEof = false;
        }), topic);
        var survivor = team.Join();
        await EventuallyAsync("one has four", () => survivor.Count == 4);
        var arguments = new[] { "-b", stand.Bootstrap, "-q", "-X", "session.timeout.ms=6000", "-X", "partition.assignment.strategy=range", "-G", group, topic };
        using var victim = Process.Start(new ProcessStartInfo("kcat", arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        try
        {
            await EventuallyAsync("two share four", () => survivor.Count == 2);
        }
        finally
        {
            victim.Kill();
        }

        await EventuallyAsync("one has four again", () => survivor.Count == 4);
    }

    /// <summary>A static member that comes back within its session has its partitions at once, and no one else notices.</summary>
    private async Task StaticMemberAsync()
    {
        var topic = await NewTopicAsync(partitions: 4);
        var group = Cluster.NewTopic("group");
        IConsumer<string, string?> Named(string name) => Consumer(config =>
        {
            config.GroupId = group;
            config.GroupInstanceId = name;
            config.SessionTimeoutMs = 30_000;
            config.PartitionAssignmentStrategy = PartitionAssignmentStrategy.Range;
            config.EnablePartitionEof = false;
        });
        using var team = new Team(() => Named("stays"), topic);
        var stays = team.Join();
        using (var others = new Team(() => Named("returns"), topic))
        {
            var returns = others.Join();
            await EventuallyAsync("two share four", () => (stays.Count, returns.Count) == (2, 2));
        }

        var rebalances = stays.Rebalances;
        using var again = new Team(() => Named("returns"), topic);
        var returned = again.Join();
        await EventuallyAsync("it has its two again", () => returned.Count == 2);
        Assert.Equal((2, rebalances), (stays.Count, stays.Rebalances));

        using var usurper = new Team(() => Named("returns"), topic);
        usurper.Join();
        await EventuallyAsync("the one before is fenced", () => returned.Failure?.Error.Code == ErrorCode.FencedInstanceId);
    }

    /// <summary>Members of a group, each polling on a thread of its own.</summary>
    private sealed class Team(Func<IConsumer<string, string?>> make, string topic) : IDisposable
    {
        private readonly List<Member> members = [];

        public ConcurrentBag<string?> Read { get; } = [];

        public Member Join()
        {
            var member = new Member(make(), topic, Read);
            members.Add(member);
            return member;
        }

        public void Dispose() => members.ForEach(member => member.LeaveAsync().Wait());
    }

    private sealed class Member
    {
        private readonly CancellationTokenSource leaving = new();
        private readonly TaskCompletionSource left = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly IConsumer<string, string?> consumer;
        private readonly string topic;
        private readonly ConcurrentBag<string?> read;
        private volatile int count;
        private volatile int rebalances;

        public Member(IConsumer<string, string?> consumer, string topic, ConcurrentBag<string?> read)
        {
            (this.consumer, this.topic, this.read) = (consumer, topic, read);
            new Thread(Poll) { IsBackground = true }.Start();
        }

        /// <summary>How many partitions it has.</summary>
        public int Count => count;

        /// <summary>How often that has changed.</summary>
        public int Rebalances => rebalances;

        /// <summary>What it ended with, if not by itself.</summary>
        public KafkaException? Failure { get; private set; }

        public Task LeaveAsync()
        {
            leaving.Cancel();
            return left.Task;
        }

        private void Poll()
        {
            try
            {
                consumer.Subscribe(topic);
                while (!leaving.IsCancellationRequested)
                {
                    if (consumer.Consume(TimeSpan.FromMilliseconds(50)) is { } record)
                    {
                        read.Add(record.Message.Value);
                        consumer.Commit(record);
                    }

                    Note(consumer.Assignment.Count);
                }

                Note(0);
                consumer.Close();
            }
            catch (KafkaException e)
            {
                Failure = e;
                Note(0);
            }
            finally
            {
                consumer.Dispose();
                left.SetResult();
            }
        }

        private void Note(int now)
        {
            if (now != count)
            {
                count = now;
                rebalances++;
            }
        }
    }
}
