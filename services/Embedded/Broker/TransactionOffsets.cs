using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;

namespace StreamDistill.Embedded.Broker;

/// <summary>
/// Holds the offsets that open transactions carry, and gives them to the mock as a plain commit of the same member and
/// generation when the transaction commits.
/// </summary>
internal sealed class TransactionOffsets(IPEndPoint upstream, ILogger logger) : IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, ConcurrentQueue<TransactionOffsetCommit>> held = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim oneAtATime = new(1);
    private TcpClient? connection;
    private int correlationId;

    /// <summary>Keeps the offsets until the transaction ends.</summary>
    public void Hold(TransactionOffsetCommit commit) => held.GetOrAdd(commit.TransactionalId, _ => new()).Enqueue(commit);

    /// <summary>A producer that starts again has abandoned its open transaction.</summary>
    public void Forget(string? transactionalId)
    {
        if (transactionalId is not null)
        {
            held.TryRemove(transactionalId, out _);
        }
    }

    /// <summary>Applies the transaction's offsets, or forgets them where it was aborted.</summary>
    public async Task EndAsync(EndOfTransaction end, CancellationToken cancellationToken)
    {
        if (!held.TryRemove(end.TransactionalId, out var commits) || !end.Committed)
        {
            return;
        }

        await oneAtATime.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            foreach (var commit in commits)
            {
                await ApplyAsync(commit, cancellationToken).ConfigureAwait(false);
            }
        }
        finally
        {
            oneAtATime.Release();
        }
    }

    public ValueTask DisposeAsync()
    {
        connection?.Dispose();
        oneAtATime.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task ApplyAsync(TransactionOffsetCommit commit, CancellationToken cancellationToken)
    {
        if (connection is null)
        {
            connection = new TcpClient { NoDelay = true };
            await connection.ConnectAsync(upstream, cancellationToken).ConfigureAwait(false);
        }

        var stream = connection.GetStream();
        await stream.WriteAsync(KafkaRequest.OffsetCommit(++correlationId, commit), cancellationToken).ConfigureAwait(false);
        var frames = new FrameReader(stream);
        if (!await frames.ReadAsync(cancellationToken).ConfigureAwait(false))
        {
            throw new EndOfStreamException("The embedded broker closed its connection.");
        }

        foreach (var (topic, partition, error) in Refused(frames.Body.Span))
        {
            logger.LogWarning(
                "The embedded broker did not take the offset of {Topic} partition {Partition} for group {Group}: Kafka error {Error}. What was read since its last commit may be processed again.",
                topic, partition, commit.GroupId, error);
        }
    }

    /// <summary>OffsetCommit response v7: correlation_id INT32, throttle_time_ms INT32, topics [name, partitions [index INT32, error INT16]].</summary>
    private static List<(string? Topic, int Partition, short Error)> Refused(ReadOnlySpan<byte> response)
    {
        var refused = new List<(string?, int, short)>();
        var reader = new RequestReader(response);
        reader.Int32();
        reader.Int32();
        for (var topics = reader.ArrayLength(compact: false); topics > 0; topics--)
        {
            var topic = reader.String(compact: false);
            for (var partitions = reader.ArrayLength(compact: false); partitions > 0; partitions--)
            {
                var (partition, error) = (reader.Int32(), reader.Int16());
                if (error != 0)
                {
                    refused.Add((topic, partition, error));
                }
            }
        }

        return refused;
    }
}
