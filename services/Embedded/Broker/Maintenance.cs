using Microsoft.Extensions.Logging;
using StreamDistill.Embedded.Broker.Catalog;
using StreamDistill.Embedded.Broker.Log;

namespace StreamDistill.Embedded.Broker;

/// <summary>Deletes and compacts what is due, log by log, on a thread of its own: compaction takes long and waits for the disk.</summary>
internal sealed class Maintenance : IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(15);

    private readonly TopicCatalog catalog;
    private readonly ILogger logger;
    private readonly AutoResetEvent due = new(initialState: false);
    private readonly ITimer timer;
    private readonly Thread thread;
    private volatile bool isStopping;

    public Maintenance(TopicCatalog catalog, TimeProvider time, ILogger logger)
    {
        (this.catalog, this.logger) = (catalog, logger);
        timer = time.CreateTimer(_ => due.Set(), null, Interval, Interval);
        thread = new Thread(Run) { IsBackground = true, Name = "log maintenance" };
        thread.Start();
    }

    public void Dispose()
    {
        isStopping = true;
        timer.Dispose();
        due.Set();
        thread.Join();
        due.Dispose();
    }

    private void Run()
    {
        while (due.WaitOne() && !isStopping)
        {
            foreach (var log in catalog.Topics.Values.SelectMany(topic => topic.Partitions).TakeWhile(_ => !isStopping))
            {
                Maintain(log);
            }
        }
    }

    private void Maintain(PartitionLog log)
    {
        try
        {
            log.Maintain();
        }
        catch (ObjectDisposedException)
        {
            // Its topic was deleted.
        }
        catch (IOException e)
        {
            logger.LogError("{Partition} cannot be cleaned up: {Reason}", log.Name, e.Message);
        }
    }
}
