using StreamDistill.Embedded.Broker.Network;
using StreamDistill.Embedded.Broker.Protocol;

namespace StreamDistill.Embedded.Broker.Handlers;

/// <summary>
/// SaslAuthenticate v0 to v2: takes the PLAIN token, authorization-id NUL user NUL password (RFC 4616). A wrong one is answered
/// after a moment, so that guessing is slow, and closes the connection; nothing says whether the user or the password was
/// wrong. A session has no end.
/// </summary>
internal sealed class SaslAuthenticateHandler(SaslUsers? users, TimeProvider time) : Handler(ApiKey.SaslAuthenticate, 0, 2, 2)
{
    private static readonly TimeSpan FailureDelay = TimeSpan.FromMilliseconds(100);

    public override async ValueTask<bool> HandleAsync(Request request, KafkaWriter response, CancellationToken cancellationToken)
    {
        var token = request.Body.ReadBytes();
        request.Body.SkipTags();
        var (error, message) = Authenticate(token, request.Connection);
        if (error != ErrorCode.None)
        {
            request.Connection.ClosesBecause = message;
            await Task.Delay(FailureDelay, time, cancellationToken).ConfigureAwait(false);
        }

        response.WriteError(error);
        response.WriteString(message);
        response.WriteBytes([]);
        if (request.Version >= 1)
        {
            response.WriteInt64(0); // session_lifetime_ms
        }

        response.WriteNoTags();
        return true;
    }

    /// <summary>Takes the token of a SaslHandshake v0. An empty frame answers one that is right; Kafka closes on any other.</summary>
    public void TakeToken(ReadOnlyMemory<byte> token, ConnectionState connection)
    {
        connection.ExpectsSaslToken = false;
        var (error, message) = Authenticate(token, connection);
        if (error != ErrorCode.None)
        {
            throw new MalformedRequestException(message!);
        }
    }

    private (ErrorCode Error, string? Message) Authenticate(ReadOnlyMemory<byte> token, ConnectionState connection)
    {
        if (users is null || connection.SaslMechanism is null)
        {
            return (ErrorCode.IllegalSaslState, "SaslAuthenticate without a SaslHandshake before.");
        }

        if (users.Authenticate(token.Span) is not { } user)
        {
            return (ErrorCode.SaslAuthenticationFailed, "Authentication failed: no such user with this password.");
        }

        connection.User = user;
        return (ErrorCode.None, null);
    }
}
