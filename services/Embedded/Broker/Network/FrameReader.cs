using System.Buffers.Binary;
using StreamDistill.Embedded.Broker.Protocol;

namespace StreamDistill.Embedded.Broker.Network;

/// <summary>
/// Reads a connection's frames: a big-endian Int32 size, then as many bytes. A small frame is served from the connection's own
/// buffer; for a large one memory is taken only after its size was found allowed and the budget has room.
/// </summary>
/// <param name="stream">The connection.</param>
/// <param name="budget">Shared by all connections.</param>
/// <param name="produceBytesMax">The largest Produce request.</param>
/// <param name="otherBytesMax">The largest request of any other kind.</param>
/// <param name="clock">Is told when a frame begins and when it is there.</param>
internal sealed class FrameReader(Stream stream, MemoryBudget budget, int produceBytesMax, int otherBytesMax, ConnectionClock clock) : IDisposable
{
    private const int OwnBytes = 16 << 10;

    private readonly byte[] own = BufferPool.Instance.Rent(OwnBytes);
    private byte[]? large;
    private int largeBytes;
    private int start;
    private int end;
    private Task<int>? ahead;

    /// <summary>
    /// The next frame without its size, valid until the next call; the caller may write into it. Null when the stream ends
    /// between two frames.
    /// </summary>
    /// <exception cref="MalformedRequestException">The size is not allowed, or the stream ends within a frame.</exception>
    public async ValueTask<Memory<byte>?> ReadAsync(CancellationToken cancellationToken)
    {
        Release();
        if (end == start && !await FillAsync(cancellationToken).ConfigureAwait(false))
        {
            return null;
        }

        clock.Enter(ConnectionPhase.Receiving);
        await NeedAsync(sizeof(int), cancellationToken).ConfigureAwait(false);
        var size = BinaryPrimitives.ReadInt32BigEndian(own.AsSpan(start));
        Check(size, produceBytesMax);
        if (size > otherBytesMax)
        {
            await NeedAsync(sizeof(int) + sizeof(short), cancellationToken).ConfigureAwait(false);
            Check(size, (ApiKey)BinaryPrimitives.ReadInt16BigEndian(own.AsSpan(start + sizeof(int))) == ApiKey.Produce ? produceBytesMax : otherBytesMax);
        }

        if (sizeof(int) + size > own.Length)
        {
            start += sizeof(int);
            return await ReadLargeAsync(size, cancellationToken).ConfigureAwait(false);
        }

        await NeedAsync(sizeof(int) + size, cancellationToken).ConfigureAwait(false);
        var frame = own.AsMemory(start + sizeof(int), size);
        start += sizeof(int) + size;
        return frame;
    }

    /// <summary>
    /// Goes on receiving while a request is handled, as far as there is room.
    /// </summary>
    /// <returns>Ends when something came, with true, or with false when the client has gone; null where there is no room.</returns>
    public Task<bool>? ReceiveAhead()
    {
        if (ahead is null && end < own.Length)
        {
            ahead = stream.ReadAsync(own.AsMemory(end)).AsTask();
            return ArrivedAsync(ahead);
        }

        return null;
    }

    /// <summary>Gives the memory back. The stream must be closed before.</summary>
    public void Dispose()
    {
        Release();
        if (ahead is { IsCompleted: false } receiving)
        {
            // The buffer is still the socket's until the closed stream has said so.
            receiving.ContinueWith(_ => BufferPool.Instance.Return(own), TaskScheduler.Default);
            return;
        }

        BufferPool.Instance.Return(own);
    }

    private static async Task<bool> ArrivedAsync(Task<int> receiving)
    {
        try
        {
            return await receiving.ConfigureAwait(false) > 0;
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            return false;
        }
    }

    private static void Check(int size, int bytesMax)
    {
        if (size < 0 || size > bytesMax)
        {
            throw new MalformedRequestException($"A request of {size} bytes is announced; 0 to {bytesMax} are allowed.");
        }
    }

    private async ValueTask<Memory<byte>> ReadLargeAsync(int size, CancellationToken cancellationToken)
    {
        if (ahead is not null)
        {
            await NeedMoreAsync(cancellationToken).ConfigureAwait(false);
        }

        clock.Enter(ConnectionPhase.Handling);
        await budget.TakeAsync(size, cancellationToken).ConfigureAwait(false);
        largeBytes = size;
        large = BufferPool.Instance.Rent(size);
        clock.Enter(ConnectionPhase.Receiving);
        var have = Math.Min(size, end - start);
        own.AsSpan(start, have).CopyTo(large);
        start += have;
        while (have < size)
        {
            var read = await stream.ReadAsync(large.AsMemory(have, size - have), cancellationToken).ConfigureAwait(false);
            have += read > 0 ? read : throw Cut();
        }

        return large.AsMemory(0, size);
    }

    /// <summary>Waits until so many bytes lie together from the start on.</summary>
    private async ValueTask NeedAsync(int bytes, CancellationToken cancellationToken)
    {
        while (end - start < bytes)
        {
            await NeedMoreAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    private async ValueTask NeedMoreAsync(CancellationToken cancellationToken)
    {
        if (!await FillAsync(cancellationToken).ConfigureAwait(false))
        {
            throw Cut();
        }
    }

    private async ValueTask<bool> FillAsync(CancellationToken cancellationToken)
    {
        int read;
        if (ahead is { } receiving)
        {
            ahead = null;
            read = await receiving.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        else
        {
            own.AsSpan(start, end - start).CopyTo(own);
            (start, end) = (0, end - start);
            read = await stream.ReadAsync(own.AsMemory(end), cancellationToken).ConfigureAwait(false);
        }

        end += read;
        return read > 0;
    }

    private static MalformedRequestException Cut() => new("The connection ended within a request.");

    private void Release()
    {
        if (large is not null)
        {
            BufferPool.Instance.Return(large);
            budget.Return(largeBytes);
            large = null;
        }
    }
}
