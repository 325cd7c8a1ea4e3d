using streamdistill;
using StreamDistill.Cli.Exporting;

namespace StreamDistill.Cli.Running;

/// <summary>The numbers of a run, added up as records are read.</summary>
internal sealed class RunStatistics
{
    /// <summary>Verdicts by outcome.</summary>
    public SortedDictionary<string, long> Outcomes { get; } = new(StringComparer.Ordinal);

    /// <summary>Verdicts other than PASS by reason code; one with several reasons counts for each.</summary>
    public SortedDictionary<string, long> Reasons { get; } = new(StringComparer.Ordinal);

    /// <summary>Dead letters by reason code.</summary>
    public SortedDictionary<string, long> DeadLetterReasons { get; } = new(StringComparer.Ordinal);

    /// <summary>Policies that decided.</summary>
    public SortedSet<string> PolicyHashes { get; } = new(StringComparer.Ordinal);

    /// <summary>Cost in micro-units by currency.</summary>
    public SortedDictionary<string, long> CostMicros { get; } = new(StringComparer.Ordinal);

    /// <summary>Completions the teacher was asked for.</summary>
    public long TeacherCalls { get; private set; }

    /// <summary>Those of them that ended in an error.</summary>
    public long TeacherErrors { get; private set; }

    public long PromptTokens { get; private set; }

    public long CompletionTokens { get; private set; }

    public long ReasoningTokens { get; private set; }

    /// <summary>The teacher's own time for an answer.</summary>
    public LatencySummary Teach { get; } = new();

    /// <summary>From an answer to its verdict.</summary>
    public LatencySummary Verify { get; } = new();

    /// <summary>From acceptance by Ingest to the example.</summary>
    public LatencySummary EndToEnd { get; } = new();

    /// <summary>Completions with a verdict.</summary>
    public long Verdicts => TeacherCalls;

    /// <summary>A verdict, once for each completion.</summary>
    public void OnVerdict(Verdict verdict)
    {
        var completion = verdict.Completion;
        Add(Outcomes, verdict.Outcome.ToString(), 1);
        if (verdict.Outcome != Outcome.PASS)
        {
            foreach (var code in DatasetLines.ReasonCodes(verdict))
            {
                Add(Reasons, code, 1);
            }
        }

        if (verdict.PolicyHash.Length > 0)
        {
            PolicyHashes.Add(verdict.PolicyHash);
        }

        TeacherCalls++;
        TeacherErrors += completion.Error is null ? 0 : 1;
        PromptTokens += completion.Usage.PromptTokens;
        CompletionTokens += completion.Usage.CompletionTokens;
        ReasoningTokens += completion.Usage.ReasoningTokens;
        Add(CostMicros, completion.CostCurrency, completion.CostMicros);
        Teach.Add(completion.LatencyMs);
        Verify.Add((long)(verdict.DecidedAt - completion.CreatedAt).TotalMilliseconds);
    }

    /// <summary>An example that took so long from its prompt's acceptance.</summary>
    public void OnExample(TimeSpan sinceSubmission) => EndToEnd.Add((long)sinceSubmission.TotalMilliseconds);

    /// <summary>A dead letter.</summary>
    public void OnDeadLetter(string? reasonCode) => Add(DeadLetterReasons, reasonCode ?? "unknown", 1);

    private static void Add(SortedDictionary<string, long> counts, string key, long amount) => counts[key] = counts.GetValueOrDefault(key) + amount;
}
