using StreamDistill.Embedded.Broker.Protocol;

namespace StreamDistill.Embedded.Broker.Handlers;

/// <summary>
/// ApiVersions v0 to v4 (KIP-511): which requests this broker takes, in which versions. A version it does not know is answered
/// in version 0 with UnsupportedVersion and the list, so that a newer client can ask again. There are no features to
/// negotiate: groups are classic, and transactions are those before KIP-890.
/// </summary>
internal sealed class ApiVersionsHandler() : Handler(ApiKey.ApiVersions, 0, 4, 3)
{
    private IReadOnlyList<Handler> all = [];

    /// <summary>The requests to name. Set once, before the broker listens.</summary>
    public void Describe(IEnumerable<Handler> handlers) => all = [.. handlers.OrderBy(handler => handler.Key)];

    public override ValueTask<bool> HandleAsync(Request request, KafkaWriter response, CancellationToken cancellationToken)
    {
        if (request.Version >= 3)
        {
            // client_software_name and client_software_version are of no use here.
            request.Body.ReadString();
            request.Body.ReadString();
            request.Body.SkipTags();
        }

        Write(response, ErrorCode.None);
        if (request.Version >= 1)
        {
            response.WriteInt32(0); // throttle_time_ms
        }

        response.WriteNoTags();
        return ValueTask.FromResult(true);
    }

    /// <summary>The answer to a version that is not known, in version 0.</summary>
    public void WriteUnsupported(KafkaWriter response) => Write(response, ErrorCode.UnsupportedVersion);

    private void Write(KafkaWriter response, ErrorCode error)
    {
        response.WriteError(error);
        response.WriteArray(all, static (writer, handler) =>
        {
            writer.WriteInt16((short)handler.Key);
            writer.WriteInt16(handler.MinVersion);
            writer.WriteInt16(handler.MaxVersion);
            writer.WriteNoTags();
        });
    }
}
