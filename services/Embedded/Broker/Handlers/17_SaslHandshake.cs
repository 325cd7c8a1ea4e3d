using StreamDistill.Embedded.Broker.Protocol;

namespace StreamDistill.Embedded.Broker.Handlers;

/// <summary>
/// SaslHandshake v0 and v1: the client chooses a mechanism. PLAIN is the only one, and only where the broker has users. After v0
/// the token comes as a frame without a header, after v1 as SaslAuthenticate.
/// </summary>
/// <param name="hasUsers">Whether there is anyone to authenticate as.</param>
internal sealed class SaslHandshakeHandler(bool hasUsers) : Handler(ApiKey.SaslHandshake, 0, 1, short.MaxValue)
{
    /// <summary>The mechanism there is (RFC 4616).</summary>
    public const string Plain = "PLAIN";

    private readonly string[] mechanisms = hasUsers ? [Plain] : [];

    public override ValueTask<bool> HandleAsync(Request request, KafkaWriter response, CancellationToken cancellationToken)
    {
        var mechanism = request.Body.ReadString();
        var isKnown = mechanisms.Contains(mechanism);
        if (isKnown)
        {
            request.Connection.SaslMechanism = mechanism;
            request.Connection.ExpectsSaslToken = request.Version == 0;
        }

        response.WriteError(isKnown ? ErrorCode.None : ErrorCode.UnsupportedSaslMechanism);
        response.WriteArray(mechanisms, static (writer, name) => writer.WriteString(name));
        return ValueTask.FromResult(true);
    }
}
