using Confluent.Kafka;
using Confluent.Kafka.Admin;
using Microsoft.Extensions.Logging;
using StreamDistill.Contracts;

namespace StreamDistill.Embedded.SchemaRegistry.Storage;

/// <summary>Makes the topic that the registry keeps its changes in, and refuses one that is not fit for it.</summary>
internal static class SchemasTopicSetup
{
    private const string Policy = "cleanup.policy";
    private static readonly TimeSpan ProbeTimeout = TimeSpan.FromSeconds(2);

    /// <exception cref="KafkaException">Kafka does not answer, or refuses.</exception>
    /// <exception cref="StreamDistillException">The topic is there and has more than one partition.</exception>
    public static void Ensure(SchemaRegistryOptions options, AdminClientConfig settings)
    {
        using var admin = new AdminClientBuilder(settings).SetLogHandler((_, _) => { }).SetErrorHandler((_, _) => { }).Build();

        // All topics: a broker may make the one that it is asked about, with settings of its own.
        var found = admin.GetMetadata(ProbeTimeout).Topics.Find(topic => topic.Topic == options.Topic);
        try
        {
            if (found is null)
            {
                Create(admin, options);
            }
            else if (found.Partitions.Count != 1)
            {
                throw new StreamDistillException($"The topic {options.Topic} has {found.Partitions.Count} partitions; the schema registry needs one that has 1. Name another with --topic.");
            }

            RequireCompaction(admin, options);
        }
        catch (CreateTopicsException e) when (e.Results[0].Error.Code == ErrorCode.TopicAlreadyExists)
        {
            RequireCompaction(admin, options);
        }
    }

    private static void Create(IAdminClient admin, SchemaRegistryOptions options) => admin.CreateTopicsAsync(
        [new TopicSpecification { Name = options.Topic, NumPartitions = 1, ReplicationFactor = -1, Configs = new() { [Policy] = "compact" } }],
        new CreateTopicsOptions { RequestTimeout = options.WriteTimeout, OperationTimeout = options.WriteTimeout }).GetAwaiter().GetResult();

    /// <summary>Any other policy would drop schemas after a while.</summary>
    private static void RequireCompaction(IAdminClient admin, SchemaRegistryOptions options)
    {
        var resource = new ConfigResource { Type = ResourceType.Topic, Name = options.Topic };
        var described = admin.DescribeConfigsAsync([resource], new DescribeConfigsOptions { RequestTimeout = options.WriteTimeout }).GetAwaiter().GetResult();
        var policy = described[0].Entries.GetValueOrDefault(Policy)?.Value;
        if (policy == "compact")
        {
            return;
        }

        options.Logger.LogWarning("The topic {Topic} has {Policy}={Value}; it is set to compact, because anything else loses schemas.", options.Topic, Policy, policy);
        admin.IncrementalAlterConfigsAsync(
            new Dictionary<ConfigResource, List<ConfigEntry>>
            {
                [resource] = [new ConfigEntry { Name = Policy, Value = "compact", IncrementalOperation = AlterConfigOpType.Set }],
            },
            new IncrementalAlterConfigsOptions { RequestTimeout = options.WriteTimeout }).GetAwaiter().GetResult();
    }
}
