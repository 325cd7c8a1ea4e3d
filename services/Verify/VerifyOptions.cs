using System.ComponentModel.DataAnnotations;
using streamdistill;
using StreamDistill.Verification;

namespace StreamDistill.Verify;

/// <summary>A verifier of a policy, as configuration writes it.</summary>
public sealed class VerifierOptions
{
    /// <summary>Its name in <see cref="VerifierCatalog"/>.</summary>
    public string Name { get; init; } = "";

    /// <summary>Its parameters by name; those left out have their defaults.</summary>
    public Dictionary<string, string> Parameters { get; init; } = [];

    internal VerifierSpec ToSpec() => new() { Name = Name, Parameters = Parameters };
}

/// <summary>
/// Which verifiers judge a completion whose prompt names none, and how a prompt is asked again; section <c>Verify</c>.
/// A prompt's own verifiers come first, then its task's, then those for prompts with or without a reference answer.
/// </summary>
public sealed class VerifyOptions : IValidatableObject
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

    /// <summary>The verifiers of a task, by its name. Default for math, unless it is given here: finish, numeric.</summary>
    public Dictionary<string, IReadOnlyList<VerifierOptions>> Tasks { get; init; } = [];

    /// <summary>The verifiers of other prompts with a reference answer. Default: finish, exact.</summary>
    public IReadOnlyList<VerifierOptions>? WithReference { get; init; }

    /// <summary>The verifiers of other prompts without one. Default: finish, length (at least one character), repetition.</summary>
    public IReadOnlyList<VerifierOptions>? WithoutReference { get; init; }

    /// <inheritdoc />
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        var lists = Tasks.Select(task => (Key: "Tasks:" + task.Key, Verifiers: (IReadOnlyList<VerifierOptions>?)task.Value))
            .Append((Key: nameof(WithReference), Verifiers: WithReference))
            .Append((Key: nameof(WithoutReference), Verifiers: WithoutReference));
        foreach (var (key, verifiers) in lists.Where(list => list.Verifiers is not null))
        {
            if (verifiers!.Count == 0)
            {
                yield return new ValidationResult($"{key} is empty. A policy needs at least one verifier; with none, every answer would pass.");
            }

            for (var i = 0; i < verifiers.Count; i++)
            {
                if (VerifierCatalog.Validate(verifiers[i].ToSpec()) is { } wrong)
                {
                    yield return new ValidationResult($"{key}:{i} is '{verifiers[i].Name}'. {wrong}");
                }
            }
        }
    }
}
