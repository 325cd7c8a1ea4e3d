using System.CommandLine;
using StreamDistill.Cli.Verifying;
using StreamDistill.Verification;

namespace StreamDistill.Cli.Commands;

/// <summary>Tries a verifier by hand.</summary>
internal static class VerifyCommand
{
    public static Command Create()
    {
        var pairs = new Option<string>("--pairs")
        {
            Required = true,
            Description = "A file of JSON lines with gold and answer, and expected (PASS, FAIL or UNKNOWN) where it is known; \"-\" is standard input.",
        };
        var verifier = new Option<string>("--verifier") { Description = $"Which verifier: {string.Join(", ", VerifierCatalog.Names)}.", DefaultValueFactory = _ => MathVerifier.Name };
        var set = new Option<string[]>("--set") { Description = "A parameter of the verifier, such as absolute_tolerance=0.01. May be given several times." };
        var command = new Command("verify", "Judge answers of your own: one line of JSON for each, with outcome, reason and what was taken for the answer.") { pairs, verifier, set };
        command.SetGuardedAction(async (parsed, cancellationToken) =>
        {
            var judge = new PairJudge(parsed.GetRequiredValue(verifier), Parameters(parsed.GetValue(set) ?? []));
            var summary = await judge.JudgeAsync(parsed.GetRequiredValue(pairs), Console.OpenStandardOutput(), cancellationToken);
            await Console.Error.WriteLineAsync(summary.ToString());
            return summary.Disagreements == 0 ? ExitCode.Done : ExitCode.Failed;
        });
        return command;
    }

    private static IEnumerable<KeyValuePair<string, string>> Parameters(string[] settings) => settings.Select(setting =>
        setting.IndexOf('=', StringComparison.Ordinal) is var at and > 0
            ? KeyValuePair.Create(setting[..at], setting[(at + 1)..])
            : throw new UsageException($"--set {setting} is no NAME=VALUE."));
}
