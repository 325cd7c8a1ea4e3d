using StreamDistill.Embedded.Broker.Handlers;
using StreamDistill.Embedded.Broker.Protocol;

namespace StreamDistill.Embedded.Broker.Network;

/// <summary>
/// Finds a request's handler and frames its answer.
/// Request header: api_key INT16, api_version INT16, correlation_id INT32, client_id NULLABLE_STRING (never compact), and tags
/// where the version is flexible. Answer: size INT32, correlation_id INT32, tags where the version is flexible (never in
/// ApiVersions), body.
/// As in Kafka a request that is not supported closes the connection, except ApiVersions, by which a client learns what is.
/// </summary>
internal sealed class RequestDispatcher
{
    private readonly Handler?[] handlers = new Handler?[128];
    private readonly bool requiresAuthentication;

    /// <param name="handlers">One per request.</param>
    /// <param name="requiresAuthentication">Whether a connection must authenticate before anything else.</param>
    public RequestDispatcher(IEnumerable<Handler> handlers, bool requiresAuthentication)
    {
        this.requiresAuthentication = requiresAuthentication;
        foreach (var handler in handlers)
        {
            this.handlers[(int)handler.Key] = this.handlers[(int)handler.Key] is null ? handler : throw new ArgumentException($"{handler.Key} has two handlers.", nameof(handlers));
        }
    }

    /// <summary>Null where there is none.</summary>
    public Handler? Find(ApiKey key) => (uint)key < (uint)handlers.Length ? handlers[(int)key] : null;

    /// <summary>Handles one request.</summary>
    /// <param name="frame">The request without its size; it may be written into.</param>
    /// <param name="connection">The connection it came by.</param>
    /// <param name="answer">An empty writer, which takes the whole answer with its size.</param>
    /// <param name="cancellationToken">The connection is gone or the broker stops.</param>
    /// <returns>False where nothing is to be sent.</returns>
    /// <exception cref="MalformedRequestException">The connection must be closed.</exception>
    public async ValueTask<bool> AnswerAsync(ReadOnlyMemory<byte> frame, ConnectionState connection, KafkaWriter answer, CancellationToken cancellationToken)
    {
        answer.WriteInt32(0);
        if (connection.ExpectsSaslToken)
        {
            ((SaslAuthenticateHandler)handlers[(int)ApiKey.SaslAuthenticate]!).TakeToken(frame, connection);
            return true;
        }

        var body = new KafkaReader(frame, isFlexible: false);
        var (key, version, correlation) = ((ApiKey)body.ReadInt16(), body.ReadInt16(), body.ReadInt32());
        if (Find(key) is not { } handler)
        {
            throw new MalformedRequestException(Unsupported.All.TryGetValue((short)key, out var known)
                ? $"{known.Name} is not supported. {known.Why}"
                : $"Request {(short)key} version {version} is not supported.");
        }

        answer.WriteInt32(correlation);
        if (version < handler.MinVersion || version > handler.MaxVersion)
        {
            var versions = handler as ApiVersionsHandler ?? throw new MalformedRequestException($"{key} version {version} is not supported; {handler.MinVersion} to {handler.MaxVersion} are.");
            versions.WriteUnsupported(answer);
        }
        else
        {
            CheckAuthentication(key, connection);
            var clientId = body.ReadNullableString();
            body.IsFlexible = answer.IsFlexible = version >= handler.FlexibleFrom;
            body.SkipTags();
            if (key != ApiKey.ApiVersions)
            {
                answer.WriteNoTags();
            }

            var request = new Request(key, version, clientId, connection.ClientHost, body) { Connection = connection };
            if (!await handler.HandleAsync(request, answer, cancellationToken).ConfigureAwait(false))
            {
                return false;
            }
        }

        answer.PatchInt32(0, answer.Length - sizeof(int));
        return true;
    }

    private void CheckAuthentication(ApiKey key, ConnectionState connection)
    {
        if (requiresAuthentication && connection.User is null && key is not (ApiKey.ApiVersions or ApiKey.SaslHandshake or ApiKey.SaslAuthenticate))
        {
            throw new MalformedRequestException($"{key} before the connection has authenticated.");
        }
    }
}
