using Confluent.Kafka;
using Confluent.Kafka.Admin;
using StreamDistill.Cli.Kafka;

namespace StreamDistill.EndToEnd.Crashing;

/// <summary>Who is in a consumer group.</summary>
internal sealed class GroupMembers(string bootstrapServers, string group) : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan LookAgain = TimeSpan.FromMilliseconds(200);

    private readonly IAdminClient admin = new AdminClientBuilder(Clients.Admin(bootstrapServers)).SetLogHandler(Clients.DropLog).Build();

    /// <summary>Returns when the group has this many members and each of them reads something.</summary>
    public async Task AreAsync(int count)
    {
        var found = "nothing was asked";
        for (var deadline = DateTime.UtcNow + Patience; DateTime.UtcNow < deadline; await Task.Delay(LookAgain))
        {
            try
            {
                var description = (await admin.DescribeConsumerGroupsAsync([group], new DescribeConsumerGroupsOptions { RequestTimeout = TimeSpan.FromSeconds(10) }))
                    .ConsumerGroupDescriptions[0];
                var reading = description.Members.Count(member => member.Assignment.TopicPartitions.Count > 0);
                if (description.State == ConsumerGroupState.Stable && description.Members.Count == count && reading == count)
                {
                    return;
                }

                found = $"{description.State}, {description.Members.Count} members, {reading} of them read";
            }
            catch (KafkaException e)
            {
                found = e.Error.Reason;
            }
        }

        throw new TimeoutException($"The group {group} has not come to {count} members within {Patience.TotalSeconds:0} s: {found}");
    }

    public void Dispose() => admin.Dispose();
}
