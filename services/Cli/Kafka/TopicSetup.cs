using Confluent.Kafka;
using Confluent.Kafka.Admin;
using Confluent.SchemaRegistry;
using StreamDistill.Contracts;

namespace StreamDistill.Cli.Kafka;

/// <summary>Makes the broker's topics and the registry's subjects what <see cref="Topics"/> says. Doing it again changes nothing.</summary>
internal static class TopicSetup
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(30);

    /// <param name="bootstrapServers">Kafka.</param>
    /// <param name="registryUrl">The schema registry.</param>
    /// <param name="announce">Gets a line for each topic and subject; null says nothing.</param>
    /// <param name="cancellationToken">Stops between topics.</param>
    public static async Task ApplyAsync(string bootstrapServers, string registryUrl, Action<string>? announce, CancellationToken cancellationToken)
    {
        using var admin = new AdminClientBuilder(Clients.Admin(bootstrapServers)).SetLogHandler(Clients.DropLog).Build();
        var existing = admin.GetMetadata(Timeout).Topics.ToDictionary(topic => topic.Topic, StringComparer.Ordinal);
        foreach (var topic in Topics.All)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var found = existing.GetValueOrDefault(topic.Name);
            var done = found is not null ? await AdjustAsync(admin, topic, found) : await CreateAsync(admin, topic);
            announce?.Invoke($"{topic.Name}: {done}");
        }

        using var registry = new CachedSchemaRegistryClient(new SchemaRegistryConfig { Url = registryUrl });
        foreach (var topic in Topics.All.Where(topic => topic.Value is not null))
        {
            cancellationToken.ThrowIfCancellationRequested();
            await registry.UpdateCompatibilityAsync(Compatibility.FullTransitive, topic.Subject);
            var id = await registry.RegisterSchemaAsync(topic.Subject, new Confluent.SchemaRegistry.Schema(topic.Value!.ToString(), SchemaType.Avro));
            announce?.Invoke($"{topic.Subject}: schema id {id}, FULL_TRANSITIVE");
        }
    }

    private static async Task<string> CreateAsync(IAdminClient admin, Topic topic)
    {
        try
        {
            await admin.CreateTopicsAsync(
                [new TopicSpecification { Name = topic.Name, NumPartitions = topic.Partitions, ReplicationFactor = -1, Configs = new Dictionary<string, string>(topic.Settings) }],
                new CreateTopicsOptions { RequestTimeout = Timeout });
            return $"created with {topic.Partitions} partitions";
        }
        catch (CreateTopicsException e) when (e.Results[0].Error.Code == ErrorCode.TopicAlreadyExists)
        {
            return "exists";
        }
    }

    private static async Task<string> AdjustAsync(IAdminClient admin, Topic topic, TopicMetadata found)
    {
        var partitions = found.Partitions.Count == topic.Partitions
            ? $"exists with {topic.Partitions} partitions"
            : $"exists with {found.Partitions.Count} partitions where {topic.Partitions} are wanted; left as it is, because other counts move keys to other partitions";
        var resource = new ConfigResource { Type = ResourceType.Topic, Name = topic.Name };
        var current = await admin.DescribeConfigsAsync([resource], new DescribeConfigsOptions { RequestTimeout = Timeout });
        var entries = current[0].Entries;
        var different = topic.Settings.Where(wanted => entries.GetValueOrDefault(wanted.Key)?.Value != wanted.Value).ToList();
        if (different.Count == 0)
        {
            return partitions;
        }

        await admin.IncrementalAlterConfigsAsync(
            new Dictionary<ConfigResource, List<ConfigEntry>>
            {
                [resource] = different.ConvertAll(wanted => new ConfigEntry { Name = wanted.Key, Value = wanted.Value, IncrementalOperation = AlterConfigOpType.Set }),
            },
            new IncrementalAlterConfigsOptions { RequestTimeout = Timeout });
        return $"{partitions}; set {string.Join(", ", different.Select(wanted => $"{wanted.Key} from {entries.GetValueOrDefault(wanted.Key)?.Value ?? "nothing"} to {wanted.Value}"))}";
    }
}
