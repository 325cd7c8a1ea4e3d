using streamdistill;

namespace StreamDistill.Train;

/// <summary>A record of an example log.</summary>
/// <param name="Id">The bits of its example_id.</param>
/// <param name="Example">The example; null withdraws it.</param>
internal readonly record struct ExampleRecord(UInt128 Id, TrainingExample? Example);

/// <summary>Where examples come from: partitions of records with offsets, to which records are only ever added.</summary>
internal interface IExampleLog
{
    /// <summary>Whether records may still come: at the end the trainer waits, and does not finish.</summary>
    bool IsEndless { get; }

    /// <summary>The next offset of each partition, as it is now.</summary>
    /// <exception cref="Contracts.StreamDistillException">The log cannot be read.</exception>
    Task<IReadOnlyDictionary<int, long>> EndsAsync(CancellationToken cancellationToken);

    /// <summary>The records from offsets (0 where a partition is not named) to before others, by partition and offset.</summary>
    /// <exception cref="Contracts.StreamDistillException">The log cannot be read, or a record is no example.</exception>
    IAsyncEnumerable<ExampleRecord> ReadAsync(IReadOnlyDictionary<int, long> from, IReadOnlyDictionary<int, long> to, CancellationToken cancellationToken);
}
