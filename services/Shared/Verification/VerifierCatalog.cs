using streamdistill;

namespace StreamDistill.Verification;

/// <summary>A verifier ready to run.</summary>
/// <param name="Name">Its name in the catalog.</param>
/// <param name="Version">Raised whenever it may judge some answer differently.</param>
/// <param name="Parameters">Every parameter with its effective value, ordered by name.</param>
/// <param name="Verifier">The verifier itself.</param>
public sealed record ConfiguredVerifier(string Name, string Version, IReadOnlyDictionary<string, string> Parameters, IVerifier Verifier);

/// <summary>The verifiers by name.</summary>
public static class VerifierCatalog
{
    private static readonly SortedDictionary<string, (string Version, Func<ParameterReader, IVerifier> Create)> Kinds = new(StringComparer.Ordinal)
    {
        [ExactVerifier.Name] = (ExactVerifier.Version, parameters => new ExactVerifier(parameters)),
        [FinishVerifier.Name] = (FinishVerifier.Version, _ => new FinishVerifier()),
        [JsonVerifier.Name] = (JsonVerifier.Version, parameters => new JsonVerifier(parameters)),
        [LabelVerifier.Name] = (LabelVerifier.Version, parameters => new LabelVerifier(parameters)),
        [LanguageVerifier.Name] = (LanguageVerifier.Version, parameters => new LanguageVerifier(parameters)),
        [LengthVerifier.Name] = (LengthVerifier.Version, parameters => new LengthVerifier(parameters)),
        [MathVerifier.Name] = (MathVerifier.Version, _ => new MathVerifier()),
        [NumericVerifier.Name] = (NumericVerifier.Version, parameters => new NumericVerifier(parameters)),
        [RegexVerifier.Name] = (RegexVerifier.Version, parameters => new RegexVerifier(parameters)),
        [RepetitionVerifier.Name] = (RepetitionVerifier.Version, parameters => new RepetitionVerifier(parameters)),
    };

    /// <summary>Every name, ordered.</summary>
    public static IReadOnlyCollection<string> Names => Kinds.Keys;

    /// <summary>Makes a verifier.</summary>
    /// <exception cref="VerifierConfigurationException">The name is unknown, or a parameter is unknown, missing or wrong.</exception>
    public static ConfiguredVerifier Create(string name, IEnumerable<KeyValuePair<string, string>> parameters)
    {
        if (!Kinds.TryGetValue(name, out var kind))
        {
            throw new VerifierConfigurationException($"There is no verifier '{name}'; there are {string.Join(", ", Names)}.");
        }

        var reader = new ParameterReader(name, parameters);
        var verifier = kind.Create(reader);
        reader.RequireAllRead();
        return new ConfiguredVerifier(name, kind.Version, reader.Effective, verifier);
    }

    /// <summary>What is wrong with a specification, as a sentence for its author; null where it is right.</summary>
    public static string? Validate(VerifierSpec spec)
    {
        try
        {
            Create(spec.Name, spec.Parameters);
            return null;
        }
        catch (VerifierConfigurationException wrong)
        {
            return wrong.Message;
        }
    }
}
