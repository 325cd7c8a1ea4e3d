using streamdistill;

namespace StreamDistill.Verification;

/// <summary>The options at work: which verifiers judge a prompt's answers. A prompt's own come first.</summary>
public sealed class VerificationPolicy
{
    private const string MathTask = "math";

    private readonly TimeProvider time;
    private readonly Dictionary<string, VerifierSet> tasks;
    private readonly VerifierSet withReference;
    private readonly VerifierSet withoutReference;

    /// <exception cref="VerifierConfigurationException">The options name a verifier wrongly; their validation says so earlier.</exception>
    public VerificationPolicy(PolicyOptions options, TimeProvider time)
    {
        this.time = time;
        tasks = new Dictionary<string, VerifierSet>(StringComparer.OrdinalIgnoreCase) { [MathTask] = SetOf(Of(FinishVerifier.Name), Of(NumericVerifier.Name)) };
        foreach (var (task, verifiers) in options.Tasks)
        {
            tasks[task] = SetOf(Specs(verifiers));
        }

        withReference = options.WithReference is { } given ? SetOf(Specs(given)) : SetOf(Of(FinishVerifier.Name), Of(ExactVerifier.Name));
        withoutReference = options.WithoutReference is { } others
            ? SetOf(Specs(others))
            : SetOf(Of(FinishVerifier.Name), Of(LengthVerifier.Name, ("min_characters", "1")), Of(RepetitionVerifier.Name));
    }

    /// <summary>The verifiers for the answers to a prompt.</summary>
    /// <param name="own">Those that the prompt names; may be none.</param>
    /// <param name="task">The prompt's task.</param>
    /// <param name="hasReference">Whether the right answer is known.</param>
    /// <exception cref="VerifierConfigurationException">The prompt's own verifiers are wrong.</exception>
    public VerifierSet SetFor(IList<VerifierSpec> own, string task, bool hasReference)
    {
        if (own.Count > 0)
        {
            return SetOf([.. own]);
        }

        return tasks.TryGetValue(task, out var set) ? set : hasReference ? withReference : withoutReference;
    }

    private VerifierSet SetOf(params VerifierSpec[] specs) => new(specs, time);

    private static VerifierSpec[] Specs(IEnumerable<VerifierOptions> verifiers) => [.. verifiers.Select(verifier => verifier.ToSpec())];

    private static VerifierSpec Of(string name, params (string Name, string Value)[] parameters) =>
        new() { Name = name, Parameters = parameters.ToDictionary(parameter => parameter.Name, parameter => parameter.Value) };
}
