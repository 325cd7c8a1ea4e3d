using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using StreamDistill.Embedded.Broker.Protocol;

namespace StreamDistill.Embedded.Broker.Network;

/// <summary>
/// One client's connection: requests are read, handled and answered one after the other, as Kafka does. Whatever goes wrong
/// with one closes this connection and nothing else.
/// </summary>
internal sealed class Connection(Socket socket, ListenerOptions options, RequestDispatcher dispatcher, BrokerMemory memory, TimeProvider time, ILogger logger)
{
    private const int ChunkBytes = 1 << 20;

    private readonly ConnectionClock clock = new(time);
    private readonly CancellationTokenSource gone = new();
    private volatile bool isStopping;
    private string? closedBecause;

    private string Remote { get; } = socket.RemoteEndPoint?.ToString() ?? "?";

    /// <summary>Serves the client until it goes, breaks the protocol, or <see cref="Stop" />.</summary>
    public async Task RunAsync()
    {
        try
        {
            var stream = await options.OpenAsync(socket, gone.Token).ConfigureAwait(false);
            await using (stream.ConfigureAwait(false))
            {
                using var frames = new FrameReader(stream, memory.Requests, options.ProduceBytesMax, options.OtherBytesMax, clock);
                try
                {
                    await ServeAsync(frames, stream).ConfigureAwait(false);
                }
                finally
                {
                    await gone.CancelAsync().ConfigureAwait(false);
                    socket.Dispose();
                }
            }
        }
        catch (Exception e) when (e is MalformedRequestException or System.Security.Authentication.AuthenticationException)
        {
            logger.LogWarning("The connection from {Client} is closed: {Reason}", Remote, e.Message);
        }
        catch (Exception e) when (e is IOException or SocketException or ObjectDisposedException or OperationCanceledException)
        {
            if (closedBecause is not null)
            {
                logger.LogWarning("The connection from {Client} is closed: {Reason}", Remote, closedBecause);
            }
        }
        catch (Exception e)
        {
            logger.LogError(e, "The connection from {Client} is closed: its request failed for a reason that is the broker's fault.", Remote);
        }
        finally
        {
            socket.Dispose();
        }
    }

    /// <summary>Lets the request in progress finish and takes no other.</summary>
    public void Stop()
    {
        isStopping = true;
        gone.Cancel();
    }

    /// <summary>Ends it now.</summary>
    public void Abort() => socket.Dispose();

    /// <summary>Closes it where it has been idle, sent half a request or not taken its answer for too long.</summary>
    public void CheckDeadline()
    {
        var (phase, elapsed) = (clock.Phase, clock.Elapsed);
        closedBecause = phase switch
        {
            ConnectionPhase.Receiving when elapsed > options.FrameTimeout => $"a request was not complete after {options.FrameTimeout.TotalSeconds:0} s.",
            ConnectionPhase.Sending when elapsed > options.FrameTimeout => $"it did not take its answer for {options.FrameTimeout.TotalSeconds:0} s.",
            _ => null,
        };
        if (closedBecause is not null || (phase == ConnectionPhase.Idle && elapsed > options.IdleTimeout))
        {
            socket.Dispose();
        }
    }

    private async Task ServeAsync(FrameReader frames, Stream stream)
    {
        var host = (socket.RemoteEndPoint as System.Net.IPEndPoint)?.Address.ToString() ?? "?";
        var state = new ConnectionState(host, options.AdvertisedTo(socket));
        while (true)
        {
            clock.Enter(ConnectionPhase.Idle);
            if (isStopping || await frames.ReadAsync(gone.Token).ConfigureAwait(false) is not { } frame)
            {
                return;
            }

            clock.Enter(ConnectionPhase.Handling);
            using var answer = new KafkaWriter(isFlexible: false);
            if (await HandleAsync(frames, frame, state, answer).ConfigureAwait(false))
            {
                await SendAsync(stream, answer).ConfigureAwait(false);
            }

            if (state.ClosesBecause is { } reason)
            {
                throw new MalformedRequestException(reason);
            }
        }
    }

    private async ValueTask<bool> HandleAsync(FrameReader frames, Memory<byte> frame, ConnectionState state, KafkaWriter answer)
    {
        var handling = dispatcher.AnswerAsync(frame, state, answer, gone.Token);
        if (handling.IsCompleted)
        {
            return await handling.ConfigureAwait(false);
        }

        // A request that waits (Fetch, JoinGroup) need not wait for a client that has gone.
        var answered = handling.AsTask();
        if (frames.ReceiveAhead() is { } arrived
            && await Task.WhenAny(answered, arrived).ConfigureAwait(false) == arrived
            && !await arrived.ConfigureAwait(false))
        {
            await gone.CancelAsync().ConfigureAwait(false);
        }

        return await answered.ConfigureAwait(false);
    }

    private async ValueTask SendAsync(Stream stream, KafkaWriter answer)
    {
        var held = answer.Capacity;
        memory.Answers.TakeAnyway(held);
        try
        {
            for (var left = answer.Written; !left.IsEmpty;)
            {
                clock.Enter(ConnectionPhase.Sending);
                var chunk = left[..Math.Min(left.Length, ChunkBytes)];
                await stream.WriteAsync(chunk).ConfigureAwait(false);
                left = left[chunk.Length..];
            }
        }
        finally
        {
            memory.Answers.Return(held);
        }
    }
}
