using StreamDistill.Embedded.Broker.Catalog;
using StreamDistill.Embedded.Broker.Protocol;

namespace StreamDistill.Embedded.Broker.Handlers;

/// <summary>
/// Metadata, versions 0 to 13: where the broker is, and the topics asked for, by name or, from version 12, by id. A topic that is
/// not there is made where the client allows it and the broker is so configured, with the default number of partitions; it is
/// there in this same answer. There is no authorization: authorized operations are always unknown.
/// </summary>
internal sealed class MetadataHandler(TopicCatalog catalog) : Handler(ApiKey.Metadata, 0, 13, 9)
{
    private const int OperationsUnknown = int.MinValue;

    public override ValueTask<bool> HandleAsync(Request request, KafkaWriter response, CancellationToken cancellationToken)
    {
        var version = request.Version;
        var asked = ReadTopics(request.Body, version);
        var allowsCreation = version < 4 || request.Body.ReadBoolean();
        if (version is >= 8 and <= 10)
        {
            request.Body.ReadBoolean();
        }

        if (version >= 8)
        {
            request.Body.ReadBoolean();
        }

        request.Body.SkipTags();
        var isAll = asked is null || (version == 0 && asked.Count == 0);
        var answers = isAll
            ? [.. catalog.Topics.Values.Select(t => new Answer(ErrorCode.None, t.Name, t.Id, t))]
            : asked!.Distinct().Select(t => Look(t, allowsCreation, cancellationToken)).ToList();

        if (version >= 3)
        {
            response.WriteInt32(0);
        }

        response.WriteArrayLength(1);
        Node.Write(response, request.Connection.Advertised, hasRack: version >= 1);
        if (version >= 2)
        {
            response.WriteString(catalog.ClusterId);
        }

        if (version >= 1)
        {
            response.WriteInt32(TopicCatalog.NodeId);
        }

        response.WriteArray(answers, (w, a) => WriteTopic(w, version, a));
        if (version is >= 8 and <= 10)
        {
            response.WriteInt32(OperationsUnknown);
        }

        if (version >= 13)
        {
            response.WriteError(ErrorCode.None);
        }

        response.WriteNoTags();
        return ValueTask.FromResult(true);
    }

    private static List<Asked>? ReadTopics(KafkaReader body, short version) => body.ReadNullableArray(r =>
    {
        var id = version >= 10 ? r.ReadUuid() : Guid.Empty;
        var name = version >= 10 ? r.ReadNullableString() : r.ReadString();
        r.SkipTags();
        return new Asked(name, id);
    });

    private static void WriteTopic(KafkaWriter writer, short version, Answer answer)
    {
        writer.WriteError(answer.Error);
        writer.WriteString(version >= 12 ? answer.Name : answer.Name ?? "");
        if (version >= 10)
        {
            writer.WriteUuid(answer.Id);
        }

        if (version >= 1)
        {
            writer.WriteBoolean(answer.Topic?.IsInternal ?? false);
        }

        var partitions = answer.Topic?.Partitions.Count ?? 0;
        writer.WriteArrayLength(partitions);
        for (var partition = 0; partition < partitions; partition++)
        {
            WritePartition(writer, version, partition);
        }

        if (version >= 8)
        {
            writer.WriteInt32(OperationsUnknown);
        }

        writer.WriteNoTags();
    }

    private static void WritePartition(KafkaWriter writer, short version, int partition)
    {
        writer.WriteError(ErrorCode.None);
        writer.WriteInt32(partition);
        writer.WriteInt32(TopicCatalog.NodeId);
        if (version >= 7)
        {
            writer.WriteInt32(TopicCatalog.LeaderEpoch);
        }

        // Its replicas, and those in sync.
        for (var list = 0; list < 2; list++)
        {
            writer.WriteArrayLength(1);
            writer.WriteInt32(TopicCatalog.NodeId);
        }

        if (version >= 5)
        {
            writer.WriteArrayLength(0);
        }

        writer.WriteNoTags();
    }

    private Answer Look(Asked asked, bool allowsCreation, CancellationToken cancellationToken)
    {
        if (asked.Name is null)
        {
            return catalog.Find(asked.Id) is { } byId
                ? new Answer(ErrorCode.None, byId.Name, byId.Id, byId)
                : new Answer(ErrorCode.UnknownTopicId, null, asked.Id, null);
        }

        var error = ErrorCode.None;
        var topic = catalog.Find(asked.Name);
        if (topic is null)
        {
            cancellationToken.ThrowIfCancellationRequested();
            error = Make(asked.Name, allowsCreation && catalog.Options.AutoCreates);
            topic = catalog.Find(asked.Name);
        }

        return topic is null
            ? new Answer(error is ErrorCode.None or ErrorCode.TopicAlreadyExists ? ErrorCode.UnknownTopicOrPartition : error, asked.Name, Guid.Empty, null)
            : new Answer(ErrorCode.None, topic.Name, topic.Id, topic);
    }

    private ErrorCode Make(string name, bool allowed)
    {
        if (TopicNames.Problem(name) is not null)
        {
            return ErrorCode.InvalidTopic;
        }

        return allowed ? catalog.Create(name, catalog.Options.DefaultPartitions, new Dictionary<string, string>()).Error : ErrorCode.UnknownTopicOrPartition;
    }

    private readonly record struct Asked(string? Name, Guid Id);

    private sealed record Answer(ErrorCode Error, string? Name, Guid Id, TopicState? Topic);
}
