using System.ComponentModel.DataAnnotations;
using StreamDistill.Verification;

namespace StreamDistill.Verify;

/// <summary>
/// Which verifiers judge a completion whose prompt names none, and how a prompt is asked again; section <c>Verify</c>.
/// A prompt's own verifiers come first, then its task's, then those for prompts with or without a reference answer.
/// </summary>
public sealed class VerifyOptions : PolicyOptions
{
    /// <summary>The section's name.</summary>
    public const string Section = "Verify";

    /// <summary>How often a prompt is asked at most, the first time included. Default 4.</summary>
    [Range(1, 100, ErrorMessage = "Allowed is a whole number from 1 to 100.")]
    public int MaxAttempts { get; init; } = 4;

    /// <summary>By how much each further attempt raises the temperature. Default 0.2.</summary>
    [Range(0.0, 2.0, ErrorMessage = "Allowed is a number from 0 to 2.")]
    public double TemperatureStep { get; init; } = 0.2;

    /// <summary>Up to where the temperature is raised; one that is higher already stays. Default 1.2.</summary>
    [Range(0.0, 2.0, ErrorMessage = "Allowed is a number from 0 to 2.")]
    public double TemperatureMax { get; init; } = 1.2;
}
