using Confluent.Kafka;
using streamdistill;
using StreamDistill.Contracts;
using StreamDistill.Pipeline;

namespace StreamDistill.Compact;

/// <summary>
/// Keeps the best examples of every question and withdraws those they replace. All it knows is what <c>curated</c> says:
/// it reads that topic when it starts. The result depends on the verdicts alone, not on their order, their number of
/// deliveries, or restarts in between.
/// </summary>
/// <remarks>
/// Calls never overlap: each runs to its end without waiting, on the thread that makes them in turn. One partition's
/// records are not enough to curate by, see <see cref="CompactOptions"/>, so the assignment itself does not matter.
/// </remarks>
internal sealed class CompactStage(CompactOptions options, ICuratedLog curated, ILogger<CompactStage> logger) : IStatefulStage<Verdict>, IDisposable
{
    private readonly ExampleMaker maker = new(options);
    private QuestionTable questions = new();
    private GeneralCap? cap = NewCap(options);

    public ValueTask<IReadOnlyList<Output>> ProcessAsync(IReadOnlyList<Input<Verdict>> unit, CancellationToken cancellationToken)
    {
        // All of the unit is made before any of it counts: a verdict that cannot be processed leaves no trace in the state.
        var arrivals = unit.Select(maker.Make).ToList();
        var changes = new OrderedDictionary<string, TrainingExample?>();
        foreach (var question in arrivals.GroupBy(arrival => arrival.Identity.Question))
        {
            Admit(question.Key, question, changes);
        }

        foreach (var (id, example) in cap?.Rebalance() ?? [])
        {
            changes[id] = example;
        }

        return ValueTask.FromResult<IReadOnlyList<Output>>([.. changes.Select(change => new Output(Topics.Curated, change.Key, change.Value))]);
    }

    public async ValueTask OnAssignedAsync(IReadOnlyCollection<TopicPartition> owned, CancellationToken cancellationToken)
    {
        questions.Dispose();
        questions = new QuestionTable();
        cap = NewCap(options);
        using var questionOf = new ScratchTable();
        await foreach (var (id, example) in curated.ReadAsync(cancellationToken))
        {
            if (questionOf.Find(id) is { } known)
            {
                Forget(StableId.Bits(known), id);
                questionOf.Remove(id);
            }

            if (example is not null)
            {
                var identity = ExampleIdentity.Of(example.Tenant, example.Messages, example.Reasoning, example.Answer);
                var rank = RankedExample.Of(id, example, identity);
                questions.Set(identity.Question, [.. questions.Of(identity.Question), rank]);
                cap?.Add(identity.Question, rank, example);
                questionOf.TryAdd(id, StableId.Bytes(identity.Question));
            }
        }

        logger.LogInformation(
            "Read {Examples} examples of {Questions} questions back from {Topic}", questionOf.Count, questions.Count, Topics.Curated);
    }

    public void Dispose() => questions.Dispose();

    private static GeneralCap? NewCap(CompactOptions options) => options.Balance == Balance.Cap ? new GeneralCap(options.Ratio) : null;

    private void Admit(
        UInt128 question,
        IEnumerable<(TrainingExample Example, ExampleIdentity Identity)> arrivals,
        OrderedDictionary<string, TrainingExample?> changes)
    {
        var ranked = arrivals
            .Select(arrival => (Rank: RankedExample.Of(StableId.Bits(arrival.Example.ExampleId), arrival.Example, arrival.Identity), arrival.Example))
            .ToList();
        var before = questions.Of(question);
        var after = RankedExample.Best(before.Concat(ranked.Select(arrival => arrival.Rank)), options.BestOf);
        if (!after.AsSpan().SequenceEqual(before))
        {
            questions.Set(question, after);
        }

        foreach (var rank in before.Except(after))
        {
            changes[rank.ExampleId] = null;
            cap?.Remove(question, rank);
        }

        foreach (var rank in after.Except(before))
        {
            var example = ranked.First(arrival => arrival.Rank == rank).Example;
            changes[rank.ExampleId] = example;
            cap?.Add(question, rank, example);
        }
    }

    private void Forget(UInt128 question, UInt128 id)
    {
        var before = questions.Of(question);
        questions.Set(question, [.. before.Where(rank => rank.Id != id)]);
        cap?.Remove(question, before.Single(rank => rank.Id == id));
    }
}
