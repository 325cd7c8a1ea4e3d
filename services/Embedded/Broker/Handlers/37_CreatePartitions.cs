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

        response.WriteInt32(0);
        NamedOnce.WriteEach(response, topics, t => t.Name, NamedOnce.Topic, topic => Grow(topic, validateOnly), (w, topic, result) =>
        {
            w.WriteString(topic.Name);
            w.WriteError(result.Error);
            w.WriteString(result.Message);
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
