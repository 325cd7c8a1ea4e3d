using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging.Abstractions;
using streamdistill;
using StreamDistill.Contracts;
using StreamDistill.Pipeline;

namespace StreamDistill.Compact.Tests;

/// <summary>The topic curated as a compacted topic shows it, and the stages that write it.</summary>
internal sealed class CuratedMap(CompactOptions options) : ICuratedLog
{
    private readonly Dictionary<string, TrainingExample> examples = [];

    public IReadOnlyDictionary<string, TrainingExample> Examples => examples;

    /// <summary>A stage that has read this map.</summary>
    public async Task<CompactStage> StartAsync()
    {
        var stage = new CompactStage(options, this, NullLogger<CompactStage>.Instance);
        await stage.OnAssignedAsync([], CancellationToken.None);
        return stage;
    }

    /// <summary>Commits the outputs. None of them may repeat a key, and each tombstone must withdraw something.</summary>
    public void Commit(IReadOnlyList<Output> outputs)
    {
        Assert.Distinct(outputs.Select(output => output.Key));
        foreach (var output in outputs)
        {
            Assert.Equal(Topics.Curated, output.Topic);
            if (output.Value is TrainingExample example)
            {
                Assert.Equal(output.Key, example.ExampleId);
                examples[output.Key] = example;
            }
            else
            {
                Assert.True(examples.Remove(output.Key), $"tombstone for {output.Key}, which is not there");
            }
        }
    }

    public async Task FeedAsync(CompactStage stage, params Input<Verdict>[] unit) =>
        Commit(await stage.ProcessAsync(unit, CancellationToken.None));

    public async IAsyncEnumerable<CuratedRecord> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var (id, example) in examples)
        {
            await Task.Yield();
            yield return new CuratedRecord(StableId.Bits(id), example);
        }
    }
}
