namespace StreamDistill.Student;

/// <summary>How an adapter changes a decoder (LoRA, arXiv 2106.09685); without dropout.</summary>
/// <param name="Rank">The changes' rank; at least 1.</param>
/// <param name="Alpha">The changes are scaled by alpha / rank.</param>
/// <param name="TargetModules">Which linear layers, by the last part of their names; by default all seven.</param>
/// <param name="Seed">For A's random start; B starts at zero, so that the model starts unchanged.</param>
public sealed record LoraOptions(int Rank = 16, double Alpha = 32, IReadOnlyList<string>? TargetModules = null, long Seed = 0)
{
    /// <summary>The linear layers of a decoder layer.</summary>
    public static IReadOnlyList<string> AllModules { get; } = ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"];

    internal IReadOnlyList<string> Targets => TargetModules ?? AllModules;

    /// <exception cref="ArgumentException">A value is out of range; the message names it.</exception>
    internal void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(Rank, 1);
        if (!(Alpha > 0 && double.IsFinite(Alpha)))
        {
            throw new ArgumentException($"Alpha is {Alpha}; it must be above 0.");
        }

        if (Targets.Count == 0 || Targets.Except(AllModules).Any())
        {
            throw new ArgumentException($"TargetModules has {(Targets.Count == 0 ? "nothing" : string.Join(", ", Targets))}; allowed are {string.Join(", ", AllModules)}.");
        }
    }
}
