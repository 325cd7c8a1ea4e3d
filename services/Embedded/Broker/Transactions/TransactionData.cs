using StreamDistill.Embedded.Broker.Protocol;

namespace StreamDistill.Embedded.Broker.Transactions;

/// <summary>Where a transactional id stands; the numbers are those of Kafka's transaction log.</summary>
internal enum TransactionState : sbyte
{
    Empty = 0,
    Ongoing = 1,
    PrepareCommit = 2,
    PrepareAbort = 3,
    CompleteCommit = 4,
    CompleteAbort = 5,
}

/// <summary>A partition that is part of a transaction.</summary>
internal readonly record struct TransactionPartition(string Topic, int Partition);

/// <summary>A producer as it names itself.</summary>
internal readonly record struct ProducerIdAndEpoch(long ProducerId, short Epoch);

/// <summary>What is known of a transactional id, as it is kept in the transaction log. It never changes: each transition makes the next one.</summary>
/// <param name="Id">The transactional id.</param>
/// <param name="State">Where it stands.</param>
/// <param name="ProducerId">The producer's id.</param>
/// <param name="ProducerEpoch">The producer's epoch; a smaller one is fenced.</param>
/// <param name="TimeoutMs">How long a transaction may last.</param>
/// <param name="UpdatedMs">When it last changed, in milliseconds since 1970.</param>
internal sealed record TransactionData(string Id, TransactionState State, long ProducerId, short ProducerEpoch, int TimeoutMs, long UpdatedMs)
{
    /// <summary>The epochs end here, so that there is always one left to fence with.</summary>
    public const short LastEpoch = short.MaxValue - 1;

    private static readonly Dictionary<TransactionPartition, long> NoPartitions = [];

    /// <summary>The epoch before, where the producer itself asked for the present one: its repeated request is known by it. -1 for none.</summary>
    public short LastProducerEpoch { get; init; } = -1;

    /// <summary>The producer id before, where its epochs were used up; -1 for none.</summary>
    public long PreviousProducerId { get; init; } = -1;

    /// <summary>When the transaction began, in milliseconds since 1970; -1 where none has.</summary>
    public long StartedMs { get; init; } = -1;

    /// <summary>
    /// The partitions of the transaction, each with the end it had when the commit was prepared (-1 otherwise): a partition
    /// that does not reach that far after a power cut has lost records, and the transaction cannot be committed.
    /// </summary>
    public IReadOnlyDictionary<TransactionPartition, long> Partitions { get; init; } = NoPartitions;

    /// <summary>Whether its end is decided and not yet in every partition.</summary>
    public bool IsPrepared => State is TransactionState.PrepareCommit or TransactionState.PrepareAbort;

    /// <summary>Whether there is no transaction, open or ending.</summary>
    public bool IsIdle => State is TransactionState.Empty or TransactionState.CompleteCommit or TransactionState.CompleteAbort;

    /// <summary>A transactional id seen for the first time.</summary>
    public static TransactionData New(string id, long producerId, int timeoutMs, long nowMs) => new(id, TransactionState.Empty, producerId, 0, timeoutMs, nowMs);

    /// <summary>Whether a producer that wants a new epoch may have one, given the id and epoch it says it has.</summary>
    public bool Accepts(ProducerIdAndEpoch? claimed) =>
        claimed is not { } producer || Check(producer.ProducerId, producer.Epoch) == ErrorCode.None || IsRepeated(claimed);

    /// <summary>Whether a producer asks again for the epoch it has got: the answer did not reach it.</summary>
    public bool IsRepeated(ProducerIdAndEpoch? claimed) => claimed is { } producer && LastProducerEpoch >= 0 && producer.Epoch == LastProducerEpoch
        && (producer.ProducerId == ProducerId || (producer.ProducerId == PreviousProducerId && producer.Epoch >= LastEpoch));

    /// <summary>The next epoch, which fences the producer before; or a new producer id where the epochs are used up.</summary>
    public TransactionData WithNextEpoch(ProducerIdAndEpoch? claimed, int timeoutMs, Func<long> newProducerId, long nowMs)
    {
        var next = this with
        {
            State = TransactionState.Empty, TimeoutMs = timeoutMs, UpdatedMs = nowMs, StartedMs = -1, Partitions = NoPartitions,
        };
        if (IsRepeated(claimed))
        {
            return next;
        }

        var last = claimed is null ? (short)-1 : ProducerEpoch;
        return ProducerEpoch < LastEpoch
            ? next with { ProducerEpoch = (short)(ProducerEpoch + 1), LastProducerEpoch = last }
            : next with { ProducerId = newProducerId(), ProducerEpoch = 0, LastProducerEpoch = last, PreviousProducerId = ProducerId };
    }

    /// <summary>With partitions added; the transaction begins where none is open.</summary>
    public TransactionData With(IEnumerable<TransactionPartition> added, long nowMs)
    {
        var all = new Dictionary<TransactionPartition, long>(Partitions);
        foreach (var partition in added)
        {
            all[partition] = -1;
        }

        return this with
        {
            State = TransactionState.Ongoing, Partitions = all, UpdatedMs = nowMs, StartedMs = State == TransactionState.Ongoing ? StartedMs : nowMs,
        };
    }

    /// <summary>Decided to commit; each partition has the end it must reach.</summary>
    public TransactionData PrepareCommit(Func<TransactionPartition, long> end, long nowMs) => this with
    {
        State = TransactionState.PrepareCommit, UpdatedMs = nowMs, Partitions = Partitions.ToDictionary(p => p.Key, p => end(p.Key)),
    };

    /// <summary>Decided to abort.</summary>
    public TransactionData PrepareAbort(long nowMs) => this with { State = TransactionState.PrepareAbort, UpdatedMs = nowMs };

    /// <summary>Decided to abort without its producer, whose epoch ends with it.</summary>
    /// <param name="claimed">As whom the producer asked for it; null where it did not.</param>
    /// <param name="nowMs">Now.</param>
    public TransactionData Fence(ProducerIdAndEpoch? claimed, long nowMs) => this with
    {
        State = TransactionState.PrepareAbort, UpdatedMs = nowMs, ProducerEpoch = (short)(ProducerEpoch + 1), LastProducerEpoch = claimed is null ? (short)-1 : ProducerEpoch,
    };

    /// <summary>Ended: its markers are written.</summary>
    public TransactionData Complete(long nowMs) => this with
    {
        State = State == TransactionState.PrepareCommit ? TransactionState.CompleteCommit : TransactionState.CompleteAbort, UpdatedMs = nowMs, Partitions = NoPartitions,
    };

    /// <summary>Why a request of this producer does not count; None where it does.</summary>
    public ErrorCode Check(long producerId, short producerEpoch) =>
        producerId != ProducerId ? ErrorCode.InvalidProducerIdMapping : producerEpoch != ProducerEpoch ? ErrorCode.ProducerFenced : ErrorCode.None;
}
