using streamdistill;
using StreamDistill.Contracts;

namespace StreamDistill.Train.Tests.Rounds;

/// <summary>An example log in memory.</summary>
internal sealed class ListLog : IExampleLog
{
    private readonly SortedDictionary<int, List<ExampleRecord>> partitions = [];
    private readonly Lock access = new();

    public bool IsEndless { get; init; }

    public void Add(int partition, params TrainingExample[] examples) =>
        Append(partition, examples.Select(example => new ExampleRecord(StableId.Bits(example.ExampleId), example)));

    public void Withdraw(int partition, params TrainingExample[] examples) =>
        Append(partition, examples.Select(example => new ExampleRecord(StableId.Bits(example.ExampleId), null)));

    public Task<IReadOnlyDictionary<int, long>> EndsAsync(CancellationToken cancellationToken)
    {
        lock (access)
        {
            return Task.FromResult<IReadOnlyDictionary<int, long>>(partitions.ToDictionary(pair => pair.Key, pair => (long)pair.Value.Count));
        }
    }

    public async IAsyncEnumerable<ExampleRecord> ReadAsync(
        IReadOnlyDictionary<int, long> from, IReadOnlyDictionary<int, long> to, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await Task.CompletedTask;
        foreach (var (partition, end) in to.OrderBy(pair => pair.Key))
        {
            for (var offset = from.GetValueOrDefault(partition, 0); offset < end; offset++)
            {
                yield return partitions[partition][(int)offset];
            }
        }
    }

    private void Append(int partition, IEnumerable<ExampleRecord> records)
    {
        lock (access)
        {
            if (!partitions.TryGetValue(partition, out var list))
            {
                partitions[partition] = list = [];
            }

            list.AddRange(records);
        }
    }
}
