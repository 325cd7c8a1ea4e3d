using System.Threading.Channels;
using Confluent.Kafka;
using Microsoft.Extensions.Logging;

namespace StreamDistill.Pipeline;

/// <summary>
/// Polls the consumer and hands its units to the graph, never more than a stated number that are not settled. When that is
/// reached it pauses its partitions and goes on polling, so that the group never rebalances because the stage is slow. One
/// thread runs it from beginning to end.
/// </summary>
internal sealed class UnitReader : IDisposable
{
    /// <summary>How long to wait for room before pausing: a pause throws away what librdkafka has fetched ahead.</summary>
    private static readonly TimeSpan RoomPatience = TimeSpan.FromMilliseconds(250);

    /// <summary>What is taken from librdkafka before it is handed over.</summary>
    private const int ReadAheadUnits = 1000;

    private const int ReadAheadBytes = 4 * 1024 * 1024;

    private static readonly TimeSpan IdlePoll = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan BusyPoll = TimeSpan.FromMilliseconds(5);

    private readonly Ownership ownership;
    private readonly Func<IReadOnlyCollection<TopicPartition>, CancellationToken, Task>? reload;
    private readonly HealthState health;
    private readonly ILogger logger;
    private readonly ClientLog log;
    private readonly int capacity;
    private readonly IConsumer<byte[], byte[]> consumer;
    private readonly UnitAssembler assembler;
    private readonly Channel<IReadOnlyList<RawUnit>> channel = Channel.CreateUnbounded<IReadOnlyList<RawUnit>>(
        new UnboundedChannelOptions { SingleReader = true, SingleWriter = true });

    private readonly ManualResetEventSlim settled = new();
    private readonly Queue<RawUnit> pending = new();

    private volatile bool stopReading;
    private volatile bool brokersDown;
    private Error? fatal;
    private bool assignmentChanged;
    private bool reloadWanted;
    private Task? reloading;
    private bool paused;
    private int inFlight;

    /// <param name="config">The consumer's settings.</param>
    /// <param name="capacity">Units that may be unsettled at once; beyond it the partitions are paused.</param>
    /// <param name="ownership">Told of assignments and revocations.</param>
    /// <param name="reload">Called after each change of assignment, while nothing is in flight; null for a stage without state.</param>
    /// <param name="health">Told whether the group works.</param>
    /// <param name="logger">Told of what an operator should know.</param>
    /// <param name="log">Gets what the client says.</param>
    /// <param name="time">The clock.</param>
    public UnitReader(
        ConsumerConfig config,
        int capacity,
        Ownership ownership,
        Func<IReadOnlyCollection<TopicPartition>, CancellationToken, Task>? reload,
        HealthState health,
        ILogger logger,
        ClientLog log,
        TimeProvider time)
    {
        this.ownership = ownership;
        this.reload = reload;
        this.health = health;
        this.logger = logger;
        this.log = log;
        assembler = new UnitAssembler(time);
        this.capacity = capacity;
        consumer = new ConsumerBuilder<byte[], byte[]>(config)
            .SetPartitionsAssignedHandler((_, partitions) => OnAssigned(partitions))
            .SetPartitionsRevokedHandler((_, partitions) => OnTaken(partitions.ConvertAll(entry => entry.TopicPartition)))
            .SetPartitionsLostHandler((_, partitions) => OnTaken(partitions.ConvertAll(entry => entry.TopicPartition)))
            .SetErrorHandler((_, error) => OnError(error))
            .SetStatisticsHandler((_, statistics) => log.Look(statistics))
            .SetLogHandler((_, message) => log.Write(message))
            .Build();
    }

    /// <summary>
    /// The units, in order within each partition, as many at a time as were there: handing them over one by one would wake
    /// the graph for each. The channel needs no bound of its own, since only unsettled units are in it.
    /// </summary>
    public ChannelReader<IReadOnlyList<RawUnit>> Units => channel.Reader;

    /// <summary>What a transaction needs to commit offsets for this member (KIP-447).</summary>
    public IConsumerGroupMetadata GroupMetadata => consumer.ConsumerGroupMetadata;

    /// <summary>Commits offsets outside of a transaction. Blocks.</summary>
    public void Commit(IEnumerable<TopicPartitionOffset> offsets) => consumer.Commit(offsets);

    /// <summary>Says that units taken from the channel are committed or dropped.</summary>
    public void Settle(int units)
    {
        Interlocked.Add(ref inFlight, -units);
        settled.Set();
    }

    /// <summary>Completes the channel after what it holds; polling goes on until Run's token is set.</summary>
    public void StopReading() => stopReading = true;

    /// <summary>Completes the channel with the reason why nothing more will come.</summary>
    public void Fail(Exception cause) => channel.Writer.TryComplete(cause);

    /// <summary>Polls until the token is set, then leaves the group. Blocks.</summary>
    public void Run(string topic, CancellationToken ended)
    {
        consumer.Subscribe(topic);
        try
        {
            while (!ended.IsCancellationRequested)
            {
                Step(ended);
            }
        }
        finally
        {
            consumer.Close();
        }
    }

    public void Dispose()
    {
        consumer.Dispose();
        settled.Dispose();
    }

    private void Step(CancellationToken ended)
    {
        if (stopReading)
        {
            pending.Clear();
            channel.Writer.TryComplete();
        }

        var held = IsReloading(ended) || !Deliver() || stopReading;
        Pause(held);
        if (brokersDown)
        {
            ProbeBrokers();
        }

        var bytes = 0;
        var wait = held ? BusyPoll : IdlePoll;
        while (Poll(wait) is { } record)
        {
            if (!stopReading)
            {
                assembler.Add(record, ownership.AssignmentOf(record.TopicPartition), pending);
            }

            bytes += record.Message.Value?.Length ?? 0;
            if (held || pending.Count >= ReadAheadUnits || bytes >= ReadAheadBytes)
            {
                break;
            }

            // What librdkafka has fetched already is taken without waiting.
            wait = TimeSpan.Zero;
        }

        assembler.CloseOverdue(pending);
    }

    private ConsumeResult<byte[], byte[]>? Poll(TimeSpan wait)
    {
        if (fatal is not null)
        {
            throw new KafkaException(fatal);
        }

        try
        {
            return consumer.Consume(wait);
        }
        catch (ConsumeException e) when (!e.Error.IsFatal)
        {
            ReadingFailed(logger, e.Error.Reason, null);
            return null;
        }
    }

    /// <summary>Hands over the pending units as far as they may be in flight; false when some are left.</summary>
    private bool Deliver()
    {
        while (pending.Count > 0)
        {
            settled.Reset();
            HandOver(capacity - Volatile.Read(ref inFlight));

            // Once the partitions are paused there is no waiting: rebalances must not wait for a slow stage.
            if (pending.Count > 0 && (paused || !settled.Wait(RoomPatience)))
            {
                return false;
            }
        }

        return true;
    }

    private void HandOver(int room)
    {
        var units = new List<RawUnit>(Math.Min(room, pending.Count));
        while (units.Count < room && pending.TryDequeue(out var unit))
        {
            if (ownership.Owns(unit))
            {
                units.Add(unit);
            }
        }

        if (units.Count > 0)
        {
            Interlocked.Add(ref inFlight, units.Count);
            channel.Writer.TryWrite(units);
        }
    }

    /// <summary>True while the stage's state is being brought up to date with a new assignment.</summary>
    private bool IsReloading(CancellationToken ended)
    {
        if (reloading is { IsCompleted: true })
        {
            // Rethrows what failed.
            reloading.GetAwaiter().GetResult();
            reloading = null;
        }

        if (reloadWanted && reloading is null && Volatile.Read(ref inFlight) == 0)
        {
            reloadWanted = false;
            reloading = reload?.Invoke(ownership.Current, ended);
        }

        return reload is not null && (reloadWanted || reloading is not null);
    }

    private void Pause(bool wanted)
    {
        if (wanted == paused && !(wanted && assignmentChanged))
        {
            return;
        }

        assignmentChanged = false;
        paused = wanted;
        if (wanted)
        {
            consumer.Pause(consumer.Assignment);
        }
        else
        {
            consumer.Resume(consumer.Assignment);
        }
    }

    private void OnAssigned(List<TopicPartition> partitions)
    {
        ownership.Assign(partitions);
        assignmentChanged = true;
        reloadWanted = true;
        health.SetReady("kafka", true);
        Assigned(logger, string.Join(", ", partitions), ownership.Current.Count, null);
    }

    private void OnTaken(List<TopicPartition> partitions)
    {
        ownership.Revoke(partitions);
        partitions.ForEach(assembler.Forget);
        assignmentChanged = true;
        reloadWanted = true;
        Taken(logger, string.Join(", ", partitions), null);
    }

    private void OnError(Error error)
    {
        if (error.IsFatal)
        {
            fatal = error;
        }

        if (error.Code == ErrorCode.Local_AllBrokersDown)
        {
            brokersDown = true;
            health.SetReady("kafka", false, "no broker answers: " + error.Reason);
        }

        log.Write(error);
    }

    private void ProbeBrokers()
    {
        try
        {
            consumer.Committed(TimeSpan.FromSeconds(1));
            brokersDown = false;
            health.SetReady("kafka", true);
        }
        catch (KafkaException e)
        {
            health.SetReady("kafka", false, "no broker answers: " + e.Error.Reason);
        }
    }

    private static readonly Action<ILogger, string, int, Exception?> Assigned =
        LoggerMessage.Define<string, int>(LogLevel.Information, new EventId(1), "Reading {Partitions}; {Count} partitions in all.");

    private static readonly Action<ILogger, string, Exception?> Taken =
        LoggerMessage.Define<string>(LogLevel.Information, new EventId(2), "Gave back {Partitions}.");

    private static readonly Action<ILogger, string, Exception?> ReadingFailed =
        LoggerMessage.Define<string>(LogLevel.Warning, new EventId(3), "Could not read: {Reason}; trying again.");
}
