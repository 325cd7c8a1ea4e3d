using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using StreamDistill.Cli.Commands;
using StreamDistill.Verification;

namespace StreamDistill.Cli.Verifying;

/// <summary>A reference and an answer, with the outcome that somebody expects.</summary>
internal sealed record Pair(string? Gold, string? Answer, string? Expected);

/// <summary>What a verifier says of a pair.</summary>
internal sealed record JudgedPair(string Gold, string Answer, string Outcome, string Reason, string? Extracted, string Detail, string? Expected);

/// <summary>How many pairs had each outcome.</summary>
internal sealed record PairSummary(IReadOnlyDictionary<string, int> Outcomes, int Labelled, int Disagreements)
{
    public override string ToString() =>
        string.Join(", ", Outcomes.Select(outcome => string.Create(CultureInfo.InvariantCulture, $"{outcome.Value:N0} {outcome.Key}")))
        + (Labelled == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $"; {Labelled - Disagreements:N0} of {Labelled:N0} as expected"));
}

/// <summary>Runs one verifier on pairs from a file.</summary>
internal sealed class PairJudge
{
    private static readonly JsonSerializerOptions Lines = new(JsonSerializerDefaults.Web)
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    private readonly ConfiguredVerifier verifier;

    /// <exception cref="UsageException">There is no such verifier, or it has no such parameter.</exception>
    public PairJudge(string name, IEnumerable<KeyValuePair<string, string>> parameters)
    {
        try
        {
            verifier = VerifierCatalog.Create(name, parameters);
        }
        catch (VerifierConfigurationException wrong)
        {
            throw new UsageException(wrong.Message);
        }
    }

    /// <summary>Writes a line for each line that is not blank.</summary>
    /// <exception cref="UsageException">A line is no JSON object with gold and answer.</exception>
    public async Task<PairSummary> JudgeAsync(string path, Stream output, CancellationToken cancellationToken)
    {
        var outcomes = new SortedDictionary<string, int>(StringComparer.Ordinal);
        var (number, labelled, disagreements) = (0, 0, 0);
        using var reader = path == "-" ? Console.In : new StreamReader(path);
        while (await reader.ReadLineAsync(cancellationToken) is { } line)
        {
            number++;
            if (string.IsNullOrWhiteSpace(line))
            {
                continue;
            }

            var pair = Read(line, path, number);
            var finding = await verifier.Verifier.VerifyAsync(new Candidate { Answer = pair.Answer!, Reference = pair.Gold, FinishReason = "stop" }, cancellationToken);
            var outcome = finding.Outcome.ToString();
            outcomes[outcome] = outcomes.GetValueOrDefault(outcome) + 1;
            labelled += pair.Expected is null ? 0 : 1;
            disagreements += pair.Expected is null || pair.Expected.Equals(outcome, StringComparison.OrdinalIgnoreCase) ? 0 : 1;
            await JsonSerializer.SerializeAsync(output, new JudgedPair(pair.Gold!, pair.Answer!, outcome, finding.ReasonCode, finding.Extracted, finding.Detail, pair.Expected), Lines, cancellationToken);
            output.WriteByte((byte)'\n');
        }

        await output.FlushAsync(cancellationToken);
        return new PairSummary(outcomes, labelled, disagreements);
    }

    private static Pair Read(string line, string path, int number)
    {
        try
        {
            return JsonSerializer.Deserialize<Pair>(line, Lines) is { Gold: not null, Answer: not null } pair ? pair : throw Wrong("it has no gold or no answer");
        }
        catch (JsonException e)
        {
            throw Wrong(e.Message);
        }

        UsageException Wrong(string reason) => new($"{path}, line {number}: {reason}. Each line is an object such as {{\"gold\": \"1/2\", \"answer\": \"0.5\"}}.");
    }
}
