using System.ComponentModel.DataAnnotations;
using streamdistill;

namespace StreamDistill.Verification;

/// <summary>A verifier of a policy, as configuration writes it.</summary>
public sealed class VerifierOptions
{
    /// <summary>Its name in <see cref="VerifierCatalog"/>.</summary>
    public string Name { get; init; } = "";

    /// <summary>Its parameters by name; those left out have their defaults.</summary>
    public Dictionary<string, string> Parameters { get; init; } = [];

    /// <summary>The same as a prompt names it.</summary>
    public VerifierSpec ToSpec() => new() { Name = Name, Parameters = Parameters };
}

/// <summary>
/// Which verifiers judge an answer whose prompt names none: those of the prompt's task, else those for prompts with or
/// without a reference answer.
/// </summary>
public class PolicyOptions : IValidatableObject
{
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
