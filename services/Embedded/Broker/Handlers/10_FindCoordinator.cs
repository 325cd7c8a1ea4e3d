using StreamDistill.Embedded.Broker.Catalog;
using StreamDistill.Embedded.Broker.Network;
using StreamDistill.Embedded.Broker.Protocol;

namespace StreamDistill.Embedded.Broker.Handlers;

/// <summary>
/// FindCoordinator, versions 0 to 6: this broker coordinates every consumer group and every transaction. From version 4 on, several
/// keys in one request. There are no share groups.
/// </summary>
internal sealed class FindCoordinatorHandler() : Handler(ApiKey.FindCoordinator, 0, 6, 3)
{
    private const sbyte Group = 0;
    private const sbyte Transaction = 1;

    public override ValueTask<bool> HandleAsync(Request request, KafkaWriter response, CancellationToken cancellationToken)
    {
        var version = request.Version;
        var key = version <= 3 ? request.Body.ReadString() : "";
        var type = version >= 1 ? request.Body.ReadInt8() : Group;
        var keys = version >= 4 ? request.Body.ReadArray(r => r.ReadString()) : [];
        request.Body.SkipTags();

        if (version >= 1)
        {
            response.WriteInt32(0);
        }

        if (version <= 3)
        {
            WriteOne(response, version, type, key, request.Connection.Advertised);
        }
        else
        {
            response.WriteArray(keys, (w, k) => WriteOfMany(w, type, k, request.Connection.Advertised));
        }

        response.WriteNoTags();
        return ValueTask.FromResult(true);
    }

    private static void WriteOne(KafkaWriter writer, short version, sbyte type, string key, BrokerAddress address)
    {
        var (error, message) = Check(type, key);
        writer.WriteError(error);
        if (version >= 1)
        {
            writer.WriteString(message);
        }

        WriteAddress(writer, error, address);
    }

    private static void WriteOfMany(KafkaWriter writer, sbyte type, string key, BrokerAddress address)
    {
        var (error, message) = Check(type, key);
        writer.WriteString(key);
        WriteAddress(writer, error, address);
        writer.WriteError(error);
        writer.WriteString(message);
        writer.WriteNoTags();
    }

    private static void WriteAddress(KafkaWriter writer, ErrorCode error, BrokerAddress address)
    {
        writer.WriteInt32(error == ErrorCode.None ? TopicCatalog.NodeId : -1);
        writer.WriteString(error == ErrorCode.None ? address.Host : "");
        writer.WriteInt32(error == ErrorCode.None ? address.Port : -1);
    }

    private static (ErrorCode Error, string? Message) Check(sbyte type, string key) => (type, key) switch
    {
        (Group, _) => (ErrorCode.None, null),
        (Transaction, "") => (ErrorCode.InvalidRequest, "A transactional id must not be empty."),
        (Transaction, _) => (ErrorCode.None, null),
        _ => (ErrorCode.InvalidRequest, $"There is no coordinator of type {type}: this broker has consumer groups (0) and transactions (1)."),
    };
}
