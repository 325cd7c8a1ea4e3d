using FsCheck;
using FsCheck.Fluent;
using streamdistill;
using StreamDistill.Pipeline;

namespace StreamDistill.Compact.Tests;

/// <summary>The dataset is a function of the set of verdicts, checked against the rules written down once more, without state.</summary>
public sealed class OrderIndependenceTests
{
    [Theory]
    [InlineData(1, Balance.Weight, 3)]
    [InlineData(2, Balance.None, 3)]
    [InlineData(1, Balance.Cap, 2)]
    [InlineData(3, Balance.Cap, 0.5)]
    public void Any_order_duplication_and_restart_of_the_verdicts_gives_the_same_curated(int bestOf, Balance balance, double ratio)
    {
        var options = new CompactOptions { BestOf = bestOf, Balance = balance, Ratio = ratio, HoldoutShare = 0.3 };
        FsCheck.Check.One(
            Config.QuickThrowOnFailure.WithMaxTest(300).WithEndSize(40),
            Prop.ForAll(Arb.From(Deliveries), deliveries => Assert.Equal(Expected(deliveries, options), RunAsync(deliveries, options).GetAwaiter().GetResult())));
    }

    /// <summary>What happens with a delivery.</summary>
    private enum Fate
    {
        Committed,

        /// <summary>The stage dies before the commit: its outputs are lost, another one reads curated and gets the verdict again.</summary>
        AbortedAndRepeated,

        /// <summary>The stage dies after the commit: another one reads curated and goes on.</summary>
        CommittedAndRestarted,
    }

    private sealed record Delivery(int Prompt, int Sample, int Content, bool Traced, bool JoinsNext, Fate Fate);

    private static Gen<Delivery[]> Deliveries =>
        from drawn in (
            from prompt in Gen.Choose(0, 11)
            from sample in Gen.Choose(0, 3)
            from content in Gen.Choose(0, 4)
            from traced in Gen.Elements(true, false)
            select new Delivery(prompt, sample, content, traced, false, Fate.Committed)).NonEmptyListOf()
        let distinct = drawn.DistinctBy(delivery => (delivery.Prompt, delivery.Sample)).ToArray()
        from repeated in Gen.SubListOf(distinct)
        from shuffled in Gen.Shuffle(distinct.Concat(repeated))
        from joins in Gen.ArrayOf(Gen.Elements(true, false), shuffled.Length)
        from fates in Gen.ArrayOf(Gen.Frequency((6, Gen.Constant(Fate.Committed)), (1, Gen.Constant(Fate.AbortedAndRepeated)), (1, Gen.Constant(Fate.CommittedAndRestarted))), shuffled.Length)
        select shuffled.Select((delivery, i) => delivery with { JoinsNext = joins[i], Fate = fates[i] }).ToArray();

    private static async Task<string[]> RunAsync(Delivery[] deliveries, CompactOptions options)
    {
        var curated = new CuratedMap(options);
        var stage = await curated.StartAsync();
        var unit = new List<Input<Verdict>>();
        for (var i = 0; i < deliveries.Length; i++)
        {
            unit.Add(VerdictOf(deliveries[i]));
            if (deliveries[i].JoinsNext && i + 1 < deliveries.Length)
            {
                continue;
            }

            if (deliveries[i].Fate == Fate.AbortedAndRepeated)
            {
                await stage.ProcessAsync(unit, CancellationToken.None);
                stage = await curated.StartAsync();
            }

            await curated.FeedAsync(stage, [.. unit]);
            stage = deliveries[i].Fate == Fate.CommittedAndRestarted ? await curated.StartAsync() : stage;
            unit.Clear();
        }

        return [.. curated.Examples.Values.Select(example => Shown(example, example.Weight)).Order(StringComparer.Ordinal)];
    }

    private static string[] Expected(Delivery[] deliveries, CompactOptions options)
    {
        var maker = new ExampleMaker(options);
        var kept = deliveries
            .Select(delivery => maker.Make(VerdictOf(delivery)).Example)
            .DistinctBy(example => example.ExampleId)
            .GroupBy(example => (example.Tenant, Question: example.Messages[0].Content.Trim()))
            .SelectMany(question => question
                .GroupBy(example => example.ContentHash)
                .Select(content => content.MinBy(example => example.ExampleId, StringComparer.Ordinal)!)
                .OrderBy(example => example.Answer.Trim().Length + (example.Reasoning?.Length ?? 0))
                .ThenBy(example => example.ContentHash, StringComparer.Ordinal)
                .Take(options.BestOf))
            .ToList();
        var reasoning = kept.Count(example => example.Kind == Kind.REASONING);
        var general = kept
            .Where(example => example.Kind == Kind.GENERAL)
            .OrderBy(example => ExampleIdentity.Of(example.Tenant, example.Messages, null, "").Question)
            .ThenBy(example => example.ContentHash, StringComparer.Ordinal)
            .Select(example => example.ExampleId)
            .ToList();
        var counted = reasoning == 0 ? general.Count : (int)Math.Min(general.Count, Math.Floor(reasoning / options.Ratio));
        var waiting = general.Skip(counted).ToHashSet();
        double WeightOf(TrainingExample example) => options.Balance switch
        {
            Balance.Weight => example.Kind == Kind.GENERAL ? 1 / options.Ratio : 1,
            Balance.Cap => waiting.Contains(example.ExampleId) ? 0 : 1,
            _ => 1,
        };
        return [.. kept.Select(example => Shown(example, WeightOf(example))).Order(StringComparer.Ordinal)];
    }

    /// <summary>Two prompts in three share their text with others; some texts and answers differ in white space only.</summary>
    private static Input<Verdict> VerdictOf(Delivery delivery) => Verdicts.Of(
        $"p{delivery.Prompt}",
        (delivery.Prompt % 2 == 0 ? "" : " ") + $"question {delivery.Prompt % 4}",
        new string('x', 1 + (delivery.Content / 2)) + (delivery.Content % 2 == 0 ? "" : "y") + (delivery.Sample % 2 == 0 ? "" : " "),
        delivery.Traced ? "r" : null,
        $"c{delivery.Sample}",
        delivery.Prompt % 5 == 0 ? "other" : "acme",
        delivery.Prompt % 3 == 0 ? "math" : "chat",
        offset: (delivery.Prompt * 10) + delivery.Sample);

    private static string Shown(TrainingExample example, double weight) => FormattableString.Invariant(
        $"{example.ExampleId} {example.PromptId} {example.CompletionId} {example.Tenant} {example.Kind} {example.Split} {weight} {example.ContentHash} [{example.Reasoning}] [{example.Answer}] {example.Origin.Offset}");
}
