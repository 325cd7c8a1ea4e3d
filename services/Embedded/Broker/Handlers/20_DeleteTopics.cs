using StreamDistill.Embedded.Broker.Catalog;
using StreamDistill.Embedded.Broker.Protocol;

namespace StreamDistill.Embedded.Broker.Handlers;

/// <summary>
/// DeleteTopics, versions 1 to 6: deletes topics with their records, by name or, from version 6, by id. A topic is gone once the
/// answer is sent; the request's timeout is not needed. The broker's own topics cannot be deleted.
/// </summary>
/// <param name="catalog">Has the topics.</param>
/// <param name="forget">Told the name of each topic that was deleted, for groups to forget their offsets of it.</param>
internal sealed class DeleteTopicsHandler(TopicCatalog catalog, Action<string> forget) : Handler(ApiKey.DeleteTopics, 1, 6, 4)
{
    public override ValueTask<bool> HandleAsync(Request request, KafkaWriter response, CancellationToken cancellationToken)
    {
        var version = request.Version;
        var topics = request.Body.ReadArray(r => ReadTopic(r, version));
        request.Body.ReadInt32();
        request.Body.SkipTags();

        response.WriteInt32(0);
        response.WriteArray(topics.Distinct().ToList(), (w, asked) =>
        {
            var name = asked.Name ?? catalog.Find(asked.Id)?.Name;
            var id = asked.Name is null ? asked.Id : catalog.Find(asked.Name)?.Id ?? Guid.Empty;
            var (error, message) = Delete(asked, name);
            w.WriteString(version >= 6 ? name : name ?? "");
            if (version >= 6)
            {
                w.WriteUuid(id);
            }

            w.WriteError(error);
            if (version >= 5)
            {
                w.WriteString(message);
            }

            w.WriteNoTags();
        });
        response.WriteNoTags();
        return ValueTask.FromResult(true);
    }

    private static Asked ReadTopic(KafkaReader reader, short version)
    {
        if (version < 6)
        {
            return new Asked(reader.ReadString(), Guid.Empty);
        }

        var asked = new Asked(reader.ReadNullableString(), reader.ReadUuid());
        reader.SkipTags();
        return asked;
    }

    private (ErrorCode Error, string? Message) Delete(Asked asked, string? name)
    {
        if (asked.Name is not null && asked.Id != Guid.Empty)
        {
            return (ErrorCode.InvalidRequest, "A topic is named by its name or its id, not by both.");
        }

        if (name is null)
        {
            return (ErrorCode.UnknownTopicId, "There is no topic with this id.");
        }

        var result = catalog.Delete(name);
        if (result.Error == ErrorCode.None)
        {
            forget(name);
        }

        return result;
    }

    private readonly record struct Asked(string? Name, Guid Id);
}
