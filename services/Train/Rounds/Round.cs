using streamdistill;
using StreamDistill.Contracts;

namespace StreamDistill.Train;

/// <summary>What a round was begun with, so that it is finished in the same way.</summary>
/// <param name="Number">From 1.</param>
/// <param name="From">The next offset of each partition before the round.</param>
/// <param name="To">The same after it.</param>
/// <param name="Seed">Decides the order of its examples.</param>
/// <param name="Passes">How often each is trained.</param>
/// <param name="SequenceLength">Tokens of a row.</param>
/// <param name="TokensPerStep">Tokens of a pack.</param>
/// <param name="GradientAccumulation">Packs of a step.</param>
/// <param name="NewExamples">How many of its examples are new; the others are replayed.</param>
/// <param name="Encoding">What became of examples as they were encoded, since the first round.</param>
internal sealed record RoundPlan(
    int Number,
    IReadOnlyDictionary<int, long> From,
    IReadOnlyDictionary<int, long> To,
    long Seed,
    int Passes,
    int SequenceLength,
    int TokensPerStep,
    int GradientAccumulation,
    int NewExamples,
    EncodingCounts Encoding);

/// <summary>
/// A round: the examples that came since the last one, and some of earlier ones. It is all that training needs of the
/// example log, written down before its first step: a process that is killed goes on with exactly the same examples,
/// whatever was added to the log or compacted away meanwhile.
/// </summary>
/// <param name="Plan">What it was begun with.</param>
/// <param name="Examples">The new ones in the order of the log, then the replayed ones.</param>
/// <param name="Replay">The examples of earlier rounds that may be replayed.</param>
/// <param name="Holdout">The prompts on which students are judged.</param>
/// <param name="Trained">Every example that was ever trained, this round's included, with the number of its round.</param>
internal sealed record Round(
    RoundPlan Plan,
    IReadOnlyList<EncodedExample> Examples,
    IReadOnlyList<EncodedExample> Replay,
    IReadOnlyList<TrainingExample> Holdout,
    IReadOnlyDictionary<UInt128, int> Trained)
{
    /// <summary>The examples in the order of a pass, decided by seed, round, pass and id alone.</summary>
    public List<EncodedExample> InOrderOf(int pass) => InRandomOrder(Examples, $"{Plan.Seed}/{Plan.Number}/{pass}");

    /// <summary>The sequence that a word decides: each example's place is that of a hash of the word and its id.</summary>
    public static List<EncodedExample> InRandomOrder(IEnumerable<EncodedExample> examples, string word) =>
        [.. examples.OrderBy(example => StableId.Of(word, StableId.Text(example.Id)), StringComparer.Ordinal)];
}
