using streamdistill;
using StreamDistill.Verification;

namespace Verification.Tests;

/// <summary>Runs one verifier on one answer.</summary>
internal static class Verify
{
    public static Finding By(string verifier, Candidate candidate, params (string Name, string Value)[] parameters)
    {
        var configured = VerifierCatalog.Create(verifier, parameters.Select(parameter => KeyValuePair.Create(parameter.Name, parameter.Value)));
        var finding = configured.Verifier.VerifyAsync(candidate, CancellationToken.None);
        Assert.True(finding.IsCompletedSuccessfully);
        return finding.Result;
    }

    public static Finding Numeric(string answer, string? reference, params (string Name, string Value)[] parameters) =>
        By("numeric", new Candidate { Answer = answer, Reference = reference }, parameters);

    public static void Is(Outcome outcome, string reasonCode, Finding finding)
    {
        Assert.Equal((outcome, reasonCode), (finding.Outcome, finding.ReasonCode));
        Assert.Equal(finding.Outcome == Outcome.PASS, finding.ReasonCode == ReasonCodes.Ok);
    }
}
