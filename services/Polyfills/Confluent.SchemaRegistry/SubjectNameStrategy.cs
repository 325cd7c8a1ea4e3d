using System.Collections.Concurrent;
using System.Net;
using Confluent.Kafka;

namespace Confluent.SchemaRegistry;

/// <summary>Names the subject of a record of a type in a topic; null where it cannot tell yet.</summary>
public delegate string SubjectNameStrategyDelegate(SerializationContext context, string recordType);

/// <summary>Names the subject of a record of a type in a topic, perhaps by asking; null where it cannot tell yet.</summary>
public delegate Task<string> AsyncSubjectNameStrategyDelegate(SerializationContext context, string recordType);

/// <summary>How subjects are named.</summary>
public enum SubjectNameStrategy
{
    /// <summary>After the topic: <c>topic-key</c>, <c>topic-value</c>.</summary>
    Topic,

    /// <summary>After the record's full name.</summary>
    Record,

    /// <summary>After both: <c>topic-full.name</c>.</summary>
    TopicRecord,

    /// <summary>As the registry associates the topic; else by the fallback, which is <see cref="Topic" /> unless set.</summary>
    Associated,

    /// <summary>Not at all.</summary>
    None,
}

/// <summary>The strategies as functions.</summary>
public static class SubjectNameStrategyExtensions
{
    /// <summary>The strategy's function. Only <see cref="SubjectNameStrategy.Associated" /> uses the client and the settings.</summary>
    public static AsyncSubjectNameStrategyDelegate ToAsyncDelegate(
        this SubjectNameStrategy strategy,
        ISchemaRegistryClient schemaRegistryClient = null,
        IEnumerable<KeyValuePair<string, string>> config = null) =>
        strategy == SubjectNameStrategy.Associated
            ? new AssociatedSubjectNames(schemaRegistryClient, config).GetAsync
            : (context, recordType) => Task.FromResult(Name(strategy, context, recordType));

    internal static string Name(SubjectNameStrategy strategy, SerializationContext context, string recordType) => strategy switch
    {
        SubjectNameStrategy.Topic => context.Topic + (context.Component == MessageComponentType.Key ? "-key" : "-value"),
        SubjectNameStrategy.Record => recordType,
        SubjectNameStrategy.TopicRecord => recordType == null ? null : $"{context.Topic}-{recordType}",
        SubjectNameStrategy.None => null,
        _ => throw new ArgumentException($"Unknown SubjectNameStrategy: {strategy}"),
    };
}

/// <summary>The names of <see cref="SubjectNameStrategy.Associated" />, asked for once and then kept.</summary>
internal sealed class AssociatedSubjectNames
{
    private const string KafkaClusterIdConfig = "subject.name.strategy.kafka.cluster.id";
    private const string FallbackTypeConfig = "subject.name.strategy.fallback.type";
    private const int NamesKeptMax = 1000;

    private readonly ISchemaRegistryClient client;
    private readonly string clusterId = "-";
    private readonly SubjectNameStrategy fallback = SubjectNameStrategy.Topic;
    private readonly ConcurrentDictionary<(string Topic, MessageComponentType Component, string RecordType), string> names = new();

    public AssociatedSubjectNames(ISchemaRegistryClient client, IEnumerable<KeyValuePair<string, string>> config)
    {
        this.client = client;
        foreach (var (key, value) in config ?? [])
        {
            if (key == KafkaClusterIdConfig)
            {
                clusterId = value;
            }
            else if (key == FallbackTypeConfig)
            {
                fallback = value?.ToUpperInvariant() switch
                {
                    "TOPIC" => SubjectNameStrategy.Topic,
                    "RECORD" => SubjectNameStrategy.Record,
                    "TOPIC_RECORD" => SubjectNameStrategy.TopicRecord,
                    "NONE" => SubjectNameStrategy.None,
                    _ => throw new ArgumentException($"Invalid value for {FallbackTypeConfig}: {value}"),
                };
            }
        }
    }

    public async Task<string> GetAsync(SerializationContext context, string recordType)
    {
        if (context.Topic == null)
        {
            return null;
        }

        var key = (context.Topic, context.Component, recordType);
        if (names.TryGetValue(key, out var known))
        {
            return known;
        }

        var name = client == null ? null : await AskAsync(context).ConfigureAwait(false);
        if (name == null)
        {
            if (fallback == SubjectNameStrategy.None)
            {
                throw new InvalidOperationException($"No associated subject found for topic {context.Topic}");
            }

            name = SubjectNameStrategyExtensions.Name(fallback, context, recordType);
        }

        if (names.Count >= NamesKeptMax)
        {
            names.Clear();
        }

        return names.GetOrAdd(key, name);
    }

    private async Task<string> AskAsync(SerializationContext context)
    {
        var type = context.Component == MessageComponentType.Key ? "key" : "value";
        try
        {
            var found = await client.GetAssociationsByResourceNameAsync(context.Topic, clusterId, "topic", [type], null, 0, -1)
                .ConfigureAwait(false);
            return found.Count <= 1
                ? found.FirstOrDefault()?.Subject
                : throw new InvalidOperationException($"Multiple associated subjects found for topic {context.Topic}");
        }
        catch (SchemaRegistryException e) when (e.Status == HttpStatusCode.NotFound)
        {
            // Most registries know no associations at all.
            return null;
        }
    }
}
