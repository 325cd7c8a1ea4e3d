using System.ComponentModel.DataAnnotations;

namespace StreamDistill.Compact;

/// <summary>How REASONING and GENERAL examples are brought to their ratio.</summary>
public enum Balance
{
    /// <summary>A GENERAL example weighs 1 / Ratio, a REASONING one 1: equal counts of both train as Ratio to 1.</summary>
    Weight,

    /// <summary>
    /// At most floor(REASONING examples / Ratio) GENERAL examples weigh 1, the others 0; all of them weigh 1 while there
    /// is no REASONING example at all. Costs memory: every GENERAL example is held. The first REASONING example to arrive
    /// after N GENERAL ones rewrites those N in one transaction, so use <see cref="Weight"/> where that is too many.
    /// </summary>
    Cap,

    /// <summary>Every example weighs 1.</summary>
    None,
}

/// <summary>
/// The rules of the dataset, section <c>Compact</c>. A rule that is changed holds for the questions that get another
/// verdict from then on; to apply it to all of them, empty <c>curated</c> and read <c>verified</c> from its beginning.
/// </summary>
/// <remarks>
/// Compact runs as one instance. Answers to the same question can lie in different partitions of <c>verified</c>, and one
/// process has to see them all. A second instance does no harm to a question whose answers are in one partition, but
/// keeps duplicates of a question that is spread over both, and counts for the cap only what it saw itself. Back to one
/// instance, such a question is put right by its next verdict.
/// </remarks>
public sealed class CompactOptions
{
    /// <summary>The section's name.</summary>
    public const string Section = "Compact";

    /// <summary>Examples kept per question: the shortest. Default 1.</summary>
    [Range(1, 1000)]
    public int BestOf { get; init; } = 1;

    /// <summary>How the ratio is reached. Default <see cref="Balance.Weight"/>.</summary>
    [EnumDataType(typeof(Balance))]
    public Balance Balance { get; init; } = Balance.Weight;

    /// <summary>REASONING examples per GENERAL one. Default 3.</summary>
    [Range(0.001, 1000)]
    public double Ratio { get; init; } = 3;

    /// <summary>The tasks whose examples are REASONING even without a trace, separated by commas. Default math,code,logic,science.</summary>
    [Required(AllowEmptyStrings = true)]
    public string ReasoningTasks { get; init; } = "math,code,logic,science";

    /// <summary>The share of questions held out from training, 0 to 1. Default 0.05.</summary>
    [Range(0, 1.0)]
    public double HoldoutShare { get; init; } = 0.05;

    /// <summary>Another salt holds out other questions. Default streamdistill.</summary>
    [Required(AllowEmptyStrings = true)]
    public string HoldoutSalt { get; init; } = "streamdistill";
}
