using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;

namespace StreamDistill.Embedded.Broker;

/// <summary>
/// Stands between Kafka clients and the mock cluster, forwards every frame, and mends what the mock lacks:
/// it listens on the port that was asked for, and says so where the mock names itself;
/// it names the mock's broker as the controller, without which admin clients wait for one until they time out;
/// it applies the offsets of a committed transaction, which the mock reads and forgets, so that a stage that starts again
/// goes on where it was;
/// it shortens how long a fetch waits, because the mock waits the whole time even when a record arrives.
/// </summary>
internal sealed class BrokerProxy : IAsyncDisposable
{
    /// <summary>The mock numbers its brokers from 1.</summary>
    private const int MockBrokerId = 1;

    private readonly TcpListener listener;
    private readonly IPEndPoint upstream;
    private readonly ILogger logger;
    private readonly TransactionOffsets offsets;
    private readonly CancellationTokenSource stopping = new();
    private readonly ConcurrentDictionary<Task, byte> connections = new();
    private readonly Task accepting;

    private BrokerProxy(TcpListener listener, IPEndPoint upstream, ILogger logger)
    {
        this.listener = listener;
        this.upstream = upstream;
        this.logger = logger;
        offsets = new TransactionOffsets(upstream, logger);
        Endpoint = (IPEndPoint)listener.LocalEndpoint;
        accepting = AcceptAsync(stopping.Token);
    }

    /// <summary>The address listened on.</summary>
    public IPEndPoint Endpoint { get; }

    /// <exception cref="SocketException">The address is in use or not allowed.</exception>
    public static BrokerProxy Start(IPEndPoint address, IPEndPoint upstream, ILogger logger)
    {
        var listener = new TcpListener(address);
        listener.Start();
        return new BrokerProxy(listener, upstream, logger);
    }

    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync().ConfigureAwait(false);
        listener.Stop();
        await accepting.ConfigureAwait(false);
        await Task.WhenAll(connections.Keys).ConfigureAwait(false);
        await offsets.DisposeAsync().ConfigureAwait(false);
        stopping.Dispose();
    }

    private async Task AcceptAsync(CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            TcpClient client;
            try
            {
                client = await listener.AcceptTcpClientAsync(cancellationToken).ConfigureAwait(false);
            }
            catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException or SocketException && cancellationToken.IsCancellationRequested)
            {
                return;
            }

            var serving = ServeAsync(client, cancellationToken);
            connections.TryAdd(serving, 0);
            _ = serving.ContinueWith(done => connections.TryRemove(done, out _), TaskScheduler.Default);
        }
    }

    private async Task ServeAsync(TcpClient client, CancellationToken cancellationToken)
    {
        using var server = new TcpClient { NoDelay = true };
        using var closing = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using (client)
        {
            try
            {
                client.NoDelay = true;
                await server.ConnectAsync(upstream, closing.Token).ConfigureAwait(false);
                var pending = new ConcurrentDictionary<int, PendingRequest>();
                var requests = ForwardRequestsAsync(client.GetStream(), server.GetStream(), pending, closing.Token);
                var responses = ForwardResponsesAsync(server.GetStream(), client.GetStream(), pending, closing.Token);
                var first = await Task.WhenAny(requests, responses).ConfigureAwait(false);
                await closing.CancelAsync().ConfigureAwait(false);
                await first.ConfigureAwait(false);
                await (first == requests ? responses : requests).ConfigureAwait(false);
            }
            catch (Exception e) when (e is IOException or SocketException or OperationCanceledException)
            {
                // A client that goes away is everyday.
                logger.LogDebug(e, "A connection to the embedded broker ended.");
            }
            catch (InvalidDataException e)
            {
                logger.LogWarning("A client of the embedded broker was disconnected: {Reason}", e.Message);
            }
        }
    }

    private async Task ForwardRequestsAsync(Stream client, Stream server, ConcurrentDictionary<int, PendingRequest> pending, CancellationToken cancellationToken)
    {
        var frames = new FrameReader(client);
        while (await frames.ReadAsync(cancellationToken).ConfigureAwait(false))
        {
            var request = KafkaRequest.Read(frames.Body);
            switch (request.ApiKey)
            {
                case MockApiKey.Fetch:
                    request.ShortenFetch(frames.Body);
                    break;
                case MockApiKey.InitProducerId:
                    offsets.Forget(request.ReadTransactionalId(frames.Body));
                    break;
                case MockApiKey.TxnOffsetCommit:
                    offsets.Hold(request.ReadTransactionOffsets(frames.Body));
                    break;
                case MockApiKey.EndTxn:
                    pending[request.CorrelationId] = new PendingRequest(request, request.ReadEndOfTransaction(frames.Body));
                    break;
                case MockApiKey.Metadata or MockApiKey.FindCoordinator:
                    pending[request.CorrelationId] = new PendingRequest(request, default);
                    break;
            }

            await server.WriteAsync(frames.Frame, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task ForwardResponsesAsync(Stream server, Stream client, ConcurrentDictionary<int, PendingRequest> pending, CancellationToken cancellationToken)
    {
        var frames = new FrameReader(server);
        while (await frames.ReadAsync(cancellationToken).ConfigureAwait(false))
        {
            if (frames.Body.Length >= sizeof(int) && pending.TryRemove(BinaryPrimitives.ReadInt32BigEndian(frames.Body.Span), out var request))
            {
                if (request.Request.ApiKey == MockApiKey.EndTxn)
                {
                    await EndAsync(request.EndOfTransaction, frames.Body, cancellationToken).ConfigureAwait(false);
                }
                else
                {
                    Rename(frames.Body.Span, request.Request);
                }
            }

            await client.WriteAsync(frames.Frame, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>The client hears that its transaction has ended only after its offsets are applied.</summary>
    private async Task EndAsync(EndOfTransaction end, ReadOnlyMemory<byte> response, CancellationToken cancellationToken)
    {
        // EndTxn response v0, v1: correlation_id INT32, throttle_time_ms INT32, error_code INT16.
        var accepted = response.Length >= 10 && BinaryPrimitives.ReadInt16BigEndian(response.Span[8..]) == 0;
        if (accepted)
        {
            await offsets.EndAsync(end, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>
    /// The mock names itself as the string 127.0.0.1 followed by its port as INT32, in every version. In Metadata from
    /// version 2 there follow rack NULLABLE_STRING, cluster_id NULLABLE_STRING and controller_id INT32.
    /// </summary>
    private void Rename(Span<byte> response, KafkaRequest request)
    {
        Span<byte> self = stackalloc byte[13];
        "127.0.0.1"u8.CopyTo(self);
        BinaryPrimitives.WriteInt32BigEndian(self[9..], upstream.Port);
        var at = response.IndexOf(self);
        if (at < 0)
        {
            return;
        }

        BinaryPrimitives.WriteInt32BigEndian(response[(at + 9)..], Endpoint.Port);
        if (request is { ApiKey: MockApiKey.Metadata, ApiVersion: >= 2 })
        {
            var isFlexible = request.ApiVersion >= 9;
            var rest = response[(at + self.Length)..];
            var reader = new RequestReader(rest);
            reader.String(isFlexible);
            if (isFlexible)
            {
                reader.Tags();
            }

            reader.String(isFlexible);
            BinaryPrimitives.WriteInt32BigEndian(rest[reader.Position..], MockBrokerId);
        }
    }

    private readonly record struct PendingRequest(KafkaRequest Request, EndOfTransaction EndOfTransaction);
}
