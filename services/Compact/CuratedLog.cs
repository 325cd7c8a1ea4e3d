using streamdistill;

namespace StreamDistill.Compact;

/// <summary>A record of <c>curated</c>.</summary>
/// <param name="ExampleId">Its key: the bits of an example_id.</param>
/// <param name="Example">Its value; null withdraws the example.</param>
internal readonly record struct CuratedRecord(UInt128 ExampleId, TrainingExample? Example);

/// <summary>Reads back what was curated so far.</summary>
internal interface ICuratedLog
{
    /// <summary>
    /// Every committed record from the beginning to the end as it was when reading began, those of a key in order. Nothing
    /// where the topic does not exist. Throws <see cref="Contracts.StreamDistillException"/> where it cannot be read.
    /// </summary>
    IAsyncEnumerable<CuratedRecord> ReadAsync(CancellationToken cancellationToken);
}
