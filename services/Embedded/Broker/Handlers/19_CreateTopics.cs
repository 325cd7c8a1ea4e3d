using StreamDistill.Embedded.Broker.Catalog;
using StreamDistill.Embedded.Broker.Protocol;

namespace StreamDistill.Embedded.Broker.Handlers;

/// <summary>
/// CreateTopics, versions 2 to 7: makes topics, or only says whether it would. There is one broker: a replication factor is 1 or
/// left to the broker (-1), and an assignment puts every partition on broker 1. A topic that is made can be used at once; the
/// request's timeout is not needed.
/// </summary>
internal sealed class CreateTopicsHandler(TopicCatalog catalog) : Handler(ApiKey.CreateTopics, 2, 7, 5)
{
    public override ValueTask<bool> HandleAsync(Request request, KafkaWriter response, CancellationToken cancellationToken)
    {
        var topics = request.Body.ReadArray(ReadTopic);
        request.Body.ReadInt32();
        var validateOnly = request.Body.ReadBoolean();
        request.Body.SkipTags();

        response.WriteInt32(0);
        NamedOnce.WriteEach(response, topics, t => t.Name, NamedOnce.Topic, Act, (w, topic, result) => WriteResult(w, request.Version, topic, result));
        response.WriteNoTags();
        return ValueTask.FromResult(true);

        (ErrorCode Error, string? Message) Act(NewTopic topic)
        {
            cancellationToken.ThrowIfCancellationRequested();
            return Create(topic, validateOnly);
        }
    }

    private static NewTopic ReadTopic(KafkaReader reader)
    {
        var name = reader.ReadString();
        var partitions = reader.ReadInt32();
        var replicas = reader.ReadInt16();
        var assignments = reader.ReadArray(r =>
        {
            var assignment = new Assignment(r.ReadInt32(), r.ReadArray(b => b.ReadInt32()));
            r.SkipTags();
            return assignment;
        });
        var settings = reader.ReadArray(r =>
        {
            var setting = KeyValuePair.Create(r.ReadString(), r.ReadNullableString());
            r.SkipTags();
            return setting;
        });
        reader.SkipTags();
        return new NewTopic(name, partitions, replicas, assignments, settings);
    }

    private (ErrorCode Error, string? Message) Create(NewTopic topic, bool validateOnly)
    {
        var (error, message, partitions) = Partitions(topic);
        if (error != ErrorCode.None)
        {
            return (error, message);
        }

        var settings = new Dictionary<string, string>();
        foreach (var (name, value) in topic.Settings)
        {
            if (value is null)
            {
                return (ErrorCode.InvalidConfig, $"The value of {name} is null: leave the setting out to have its default.");
            }

            settings[name] = value;
        }

        return catalog.Create(topic.Name, partitions, settings, validateOnly);
    }

    private (ErrorCode Error, string? Message, int Partitions) Partitions(NewTopic topic)
    {
        if (topic.Assignments.Count == 0)
        {
            return topic.Replicas is -1 or 1
                ? (ErrorCode.None, null, topic.Partitions == -1 ? catalog.Options.DefaultPartitions : topic.Partitions)
                : (ErrorCode.InvalidReplicationFactor, $"The replication factor is 1, as there is one broker, or -1 to leave it to the broker; {topic.Replicas} was asked for.", 0);
        }

        if (topic.Partitions != -1 || topic.Replicas != -1)
        {
            return (ErrorCode.InvalidRequest, "With assignments, the number of partitions and the replication factor must both be -1.", 0);
        }

        if (!topic.Assignments.Select(a => a.Partition).Order().SequenceEqual(Enumerable.Range(0, topic.Assignments.Count)))
        {
            return (ErrorCode.InvalidReplicaAssignment, "The assignments' partitions must be 0, 1, 2 and so on, each once.", 0);
        }

        return topic.Assignments.All(a => a.Brokers is [TopicCatalog.NodeId])
            ? (ErrorCode.None, null, topic.Assignments.Count)
            : (ErrorCode.InvalidReplicaAssignment, $"Every partition can only be assigned to broker {TopicCatalog.NodeId}, the only one.", 0);
    }

    private void WriteResult(KafkaWriter writer, short version, NewTopic topic, (ErrorCode Error, string? Message) result)
    {
        var created = result.Error == ErrorCode.None ? catalog.Find(topic.Name) : null;
        writer.WriteString(topic.Name);
        if (version >= 7)
        {
            writer.WriteUuid(created?.Id ?? Guid.Empty);
        }

        writer.WriteError(result.Error);
        writer.WriteString(result.Message);
        if (version >= 5)
        {
            var isDone = result.Error == ErrorCode.None;
            writer.WriteInt32(isDone ? created?.Partitions.Count ?? Partitions(topic).Partitions : -1);
            writer.WriteInt16(isDone ? (short)1 : (short)-1);
            var settings = topic.Settings.Where(s => s.Value is not null).GroupBy(s => s.Key).ToDictionary(s => s.Key, s => s.Last().Value!);
            writer.WriteArray(isDone ? TopicSettings.All.Values.ToList() : [], (w, definition) =>
            {
                w.WriteString(definition.Name);
                w.WriteString(TopicSettings.Value(settings, definition.Name));
                w.WriteBoolean(false);
                w.WriteInt8((sbyte)(settings.ContainsKey(definition.Name) ? SettingSource.Topic : SettingSource.Default));
                w.WriteBoolean(false);
                w.WriteNoTags();
            });
        }

        writer.WriteNoTags();
    }

    private sealed record Assignment(int Partition, List<int> Brokers);

    private sealed record NewTopic(string Name, int Partitions, short Replicas, List<Assignment> Assignments, List<KeyValuePair<string, string?>> Settings);
}
