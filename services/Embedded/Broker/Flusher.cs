using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;
using StreamDistill.Embedded.Broker.Catalog;
using StreamDistill.Embedded.Broker.Log;

namespace StreamDistill.Embedded.Broker;

/// <summary>
/// Flushes every log that was written to, again and again: what a power cut can take is what was written since the last time. The
/// next round begins an interval after the last one began, or when it has ended, whichever is later.
/// </summary>
internal sealed class Flusher : IAsyncDisposable
{
    private readonly TopicCatalog catalog;
    private readonly ILogger logger;
    private readonly PeriodicTimer timer;
    private readonly ConditionalWeakTable<PartitionLog, StrongBox<long>> flushedTo = [];
    private readonly Task flushing;

    public Flusher(TopicCatalog catalog, TimeSpan interval, TimeProvider time, ILogger logger)
    {
        (this.catalog, this.logger) = (catalog, logger);
        timer = new PeriodicTimer(interval, time);
        flushing = FlushAsync();
    }

    public async ValueTask DisposeAsync()
    {
        timer.Dispose();
        await flushing.ConfigureAwait(false);
    }

    private async Task FlushAsync()
    {
        while (await timer.WaitForNextTickAsync().ConfigureAwait(false))
        {
            var due = new List<Task>();
            foreach (var topic in catalog.Topics.Values)
            {
                foreach (var log in topic.Partitions)
                {
                    if (log.EndOffset != flushedTo.GetOrCreateValue(log).Value)
                    {
                        due.Add(FlushAsync(log));
                    }
                }
            }

            await Task.WhenAll(due).ConfigureAwait(false);
        }
    }

    private async Task FlushAsync(PartitionLog log)
    {
        try
        {
            var end = log.EndOffset;
            await log.FlushAsync().ConfigureAwait(false);
            flushedTo.GetOrCreateValue(log).Value = end;
        }
        catch (ObjectDisposedException)
        {
            // Its topic was deleted.
        }
        catch (IOException e)
        {
            logger.LogError("{Partition} cannot be flushed: {Reason}", log.Name, e.Message);
        }
    }
}
