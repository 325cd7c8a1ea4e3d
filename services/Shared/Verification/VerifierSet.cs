using System.Security.Cryptography;
using System.Text.Json;
using streamdistill;

namespace StreamDistill.Verification;

/// <summary>What a set of verifiers decided.</summary>
/// <param name="Outcome">ERROR if any check says so, else FAIL if any does, else UNKNOWN if any does, else PASS.</param>
/// <param name="Checks">Each verifier's finding, in the order they ran.</param>
/// <param name="ExtractedAnswer">The final answer as the first verifier that found one understood it.</param>
public sealed record Decision(Outcome Outcome, IList<Check> Checks, string? ExtractedAnswer);

/// <summary>The verifiers that decide about an answer together: it passes when every one of them passes it.</summary>
public sealed class VerifierSet
{
    private static readonly ConfiguredVerifier Finish = VerifierCatalog.Create(FinishVerifier.Name, []);

    private readonly IReadOnlyList<ConfiguredVerifier> verifiers;
    private readonly TimeProvider time;

    /// <param name="specs">At least one, in the order in which they are to run.</param>
    /// <param name="time">Measures each check's duration.</param>
    /// <exception cref="VerifierConfigurationException">A specification is wrong, or there is none.</exception>
    public VerifierSet(IEnumerable<VerifierSpec> specs, TimeProvider time)
    {
        this.time = time;
        verifiers = [.. specs.Select(spec => VerifierCatalog.Create(spec.Name, spec.Parameters))];
        if (verifiers.Count == 0)
        {
            throw new VerifierConfigurationException("A policy needs at least one verifier; with none, every answer would pass.");
        }

        Hash = HashOf(verifiers);
    }

    /// <summary>
    /// SHA-256, in lower-case hexadecimal, over the verifiers in order with their versions and effective parameters:
    /// the same hash is the same judgement, however the policy was written down.
    /// </summary>
    public string Hash { get; }

    /// <summary>Judges one answer by every verifier. An answer that the teacher failed to give is an ERROR without being judged.</summary>
    public async ValueTask<Decision> DecideAsync(Candidate candidate, CancellationToken cancellationToken)
    {
        var outcome = Outcome.PASS;
        string? extracted = null;
        var checks = new List<Check>(verifiers.Count);
        foreach (var verifier in candidate.Error is null ? verifiers : [Finish])
        {
            var started = time.GetTimestamp();
            var finding = await FindAsync(verifier, candidate, cancellationToken).ConfigureAwait(false);
            checks.Add(new Check
            {
                Verifier = verifier.Name,
                Version = verifier.Version,
                Outcome = finding.Outcome,
                ReasonCode = finding.ReasonCode,
                Detail = finding.Detail,
                DurationUs = time.GetElapsedTime(started).Ticks / TimeSpan.TicksPerMicrosecond,
            });
            outcome = Severity(finding.Outcome) > Severity(outcome) ? finding.Outcome : outcome;
            extracted ??= finding.Extracted;
        }

        return new Decision(outcome, checks, extracted);
    }

    private static async ValueTask<Finding> FindAsync(ConfiguredVerifier verifier, Candidate candidate, CancellationToken cancellationToken)
    {
        try
        {
            return await verifier.Verifier.VerifyAsync(candidate, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception failure) when (!cancellationToken.IsCancellationRequested)
        {
            // A fault of the verifier is a finding about the verifier: it neither rejects the answer as wrong nor stops the stage.
            return new Finding(Outcome.ERROR, ReasonCodes.VerifierFailed, $"{failure.GetType().Name}: {failure.Message}");
        }
    }

    private static int Severity(Outcome outcome) => outcome switch
    {
        Outcome.PASS => 0,
        Outcome.UNKNOWN => 1,
        Outcome.FAIL => 2,
        _ => 3,
    };

    private static string HashOf(IReadOnlyList<ConfiguredVerifier> verifiers)
    {
        var canonical = JsonSerializer.SerializeToUtf8Bytes(verifiers.Select(verifier => new
        {
            name = verifier.Name,
            version = verifier.Version,
            parameters = verifier.Parameters,
        }));
        return Convert.ToHexStringLower(SHA256.HashData(canonical));
    }
}
