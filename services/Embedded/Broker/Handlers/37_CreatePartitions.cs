using StreamDistill.Embedded.Broker.Catalog;
using StreamDistill.Embedded.Broker.Protocol;

namespace StreamDistill.Embedded.Broker.Handlers;

/// <summary>
/// CreatePartitions, versions 0 to 3: gives topics more partitions, or only says whether it would. Partitions cannot become
/// fewer, and all are on broker 1.
/// </summary>
internal sealed class CreatePartitionsHandler(TopicCatalog catalog) : Handler(ApiKey.CreatePartitions, 0, 3, 2)
{
    public override ValueTask<bool> HandleAsync(Request request, KafkaWriter response, CancellationToken cancellationToken)
    {
        var topics = request.Body.ReadArray(ReadTopic);
        request.Body.ReadInt32();
        var validateOnly = request.Body.ReadBoolean();
        request.Body.SkipTags();

        var twice = topics.CountBy(t => t.Name).Where(n => n.Value > 1).Select(n => n.Key).ToHashSet();
        response.WriteInt32(0);
        response.WriteArray(topics.DistinctBy(t => t.Name).ToList(), (w, topic) =>
        {
            var (error, message) = twice.Contains(topic.Name)
                ? (ErrorCode.InvalidRequest, $"The topic '{topic.Name}' is in the request more than once.")
                : Grow(topic, validateOnly);
            w.WriteString(topic.Name);
            w.WriteError(error);
            w.WriteString(message);
            w.WriteNoTags();
        });
        response.WriteNoTags();
        return ValueTask.FromResult(true);
    }

    private static Growth ReadTopic(KafkaReader reader)
    {
        var name = reader.ReadString();
        var partitions = reader.ReadInt32();
        var assignments = reader.ReadNullableArray(r =>
        {
            var brokers = r.ReadArray(b => b.ReadInt32());
            r.SkipTags();
            return brokers;
        });
        reader.SkipTags();
        return new Growth(name, partitions, assignments);
    }

    private (ErrorCode Error, string? Message) Grow(Growth growth, bool validateOnly)
    {
        if (growth.Assignments is { } assignments && catalog.Find(growth.Name) is { } topic)
        {
            var added = growth.Partitions - topic.Partitions.Count;
            if (added > 0 && (assignments.Count != added || !assignments.All(a => a is [TopicCatalog.NodeId])))
            {
                return (ErrorCode.InvalidReplicaAssignment, $"Each of the {added} new partitions must be assigned to broker {TopicCatalog.NodeId}, the only one.");
            }
        }

        return catalog.Grow(growth.Name, growth.Partitions, validateOnly);
    }

    private sealed record Growth(string Name, int Partitions, List<List<int>>? Assignments);
}
