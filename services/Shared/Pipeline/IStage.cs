using Avro.Specific;
using Confluent.Kafka;

namespace StreamDistill.Pipeline;

/// <summary>
/// What a service does with a record. The host (see <see cref="StageHost"/>) does everything else: it reads, decodes,
/// bounds, retries, writes outputs and input offsets in one transaction, and dead-letters.
/// </summary>
/// <typeparam name="TIn">The record of the topic read.</typeparam>
public interface IStage<TIn>
    where TIn : class, ISpecificRecord
{
    /// <summary>
    /// Makes outputs of the records that another stage wrote as one unit (all completions of a prompt, say), or of a
    /// single record. Calls overlap up to the host's parallelism; outputs are written in the order of the inputs.
    /// Throws <see cref="Contracts.UnprocessableRecordException"/> to send the unit to the dead-letter topic; a
    /// <see cref="Contracts.StreamDistillException"/> that is transient restarts the stage from its committed offsets;
    /// any other exception sends the unit to the dead-letter topic too.
    /// </summary>
    /// <param name="unit">One or more records of the same key, in order. Never empty.</param>
    /// <param name="cancellationToken">Set when the stage stops or loses the partition.</param>
    ValueTask<IReadOnlyList<Output>> ProcessAsync(IReadOnlyList<Input<TIn>> unit, CancellationToken cancellationToken);
}

/// <summary>A stage that remembers something from unit to unit.</summary>
public interface IStatefulStage<TIn> : IStage<TIn>
    where TIn : class, ISpecificRecord
{
    /// <summary>
    /// Called when the partitions owned have changed, while nothing is in flight: every output of this stage so far is
    /// committed or was withdrawn. The stage loads its state here.
    /// </summary>
    ValueTask OnAssignedAsync(IReadOnlyCollection<TopicPartition> owned, CancellationToken cancellationToken);
}

/// <summary>A decoded record and where it was read.</summary>
/// <param name="Value">The record; never null: a tombstone is not given to a stage.</param>
/// <param name="Position">Topic, partition and offset.</param>
public readonly record struct Input<TIn>(TIn Value, TopicPartitionOffset Position);

/// <summary>A record to write.</summary>
/// <param name="Topic">One of <see cref="Contracts.Topics"/>.</param>
/// <param name="Key">The record's key; decides its partition.</param>
/// <param name="Value">The record, or null for a tombstone.</param>
public readonly record struct Output(string Topic, string Key, ISpecificRecord? Value);
