using streamdistill;

namespace StreamDistill.Interop;

/// <summary>Records in which every optional field is there and is not, in every combination, with text of many scripts.</summary>
internal static class Examples
{
    private static readonly string[] Texts =
    [
        "", "plain", "Was ist 6 × 7?", "六かける七は？", "سبعة في ستة", "🙂👩‍👩‍👧‍👦", "e\u0301 é", "\t\"\\/\u0001\n", new string('長', 500),
    ];

    /// <summary>Examples by number; 32 in a row have every combination of the optional fields.</summary>
    public static TrainingExample Example(int i) => new()
    {
        ExampleId = $"e-{i:D4}-{Texts[i % 8]}",
        PromptId = $"p-{i}",
        CompletionId = $"c-{i}",
        Tenant = "acme",
        Task = "math",
        Kind = (Kind)(i % 3),
        Split = (Split)(i / 3 % 3),
        Messages = Enumerable.Range(0, i % 4).Select(k => new Message { Role = k % 2 == 0 ? "user" : "assistant", Content = Text(i + k) }).ToList(),
        Reasoning = Has(i, 0) ? Text(i + 1) : null,
        Answer = Text(i + 2),
        Reference = Has(i, 1) ? new Reference { Answer = Has(i, 2) ? Text(i) : null, Rationale = Has(i, 3) ? Text(i + 3) : null } : null,
        SoftLabels = Has(i, 4) ? SoftLabels(i) : null,
        Weight = i / 7.0,
        ContentHash = $"{i:x64}",
        Origin = new Origin { Topic = "verified", Partition = i % 4, Offset = (1L << 40) + i },
        Teacher = new Teacher { Provider = "openai", Model = "m", Revision = Has(i, 0) ? "r1" : null, Licence = Has(i, 1) ? "MIT" : null },
        Verifiers = Enumerable.Range(0, i % 3).Select(k => $"numeric@{k}").ToList(),
        PolicyHash = "abc",
        CreatedAt = new DateTime(2026, 3, 1, 12, 0, 0, i % 1000, DateTimeKind.Utc),
    };

    /// <summary>Verdicts by number, which hold completions, which hold prompts.</summary>
    public static Verdict Verdict(int i) => new()
    {
        Completion = new Completion
        {
            CompletionId = $"c-{i}",
            SampleIndex = i % 4,
            SampleCount = 4,
            Prompt = Prompt(i),
            Teacher = new Teacher { Provider = "recorded", Model = "m", Revision = Has(i, 0) ? "r1" : null },
            Reasoning = Has(i, 1) ? Text(i) : null,
            Answer = Text(i + 1),
            FinishReason = "stop",
            Usage = new Usage { PromptTokens = i, CompletionTokens = 1L << 33, ReasoningTokens = 0 },
            CostMicros = -i,
            FirstTokenMs = Has(i, 2) ? i : null,
            LatencyMs = 2345,
            SoftLabels = Has(i, 3) ? SoftLabels(i) : null,
            Error = Has(i, 4) ? new TeacherError { Code = "timeout", Message = Text(i) } : null,
            CreatedAt = DateTime.UnixEpoch.AddMilliseconds(i - 16),
        },
        Outcome = (Outcome)(i % 4),
        Checks = Enumerable.Range(0, i % 3).Select(k => new Check
        {
            Verifier = "numeric",
            Version = "1",
            Outcome = (Outcome)k,
            ReasonCode = "ok",
            Detail = Text(i + k),
            DurationUs = k,
        }).ToList(),
        ExtractedAnswer = Has(i, 1) ? Text(i + 4) : null,
        PolicyHash = "abc",
        DecidedAt = new DateTime(2026, 3, 1, 12, 0, 3, DateTimeKind.Utc),
    };

    private static Prompt Prompt(int i) => new()
    {
        PromptId = $"p-{i}",
        Tenant = "acme",
        Task = "math",
        Source = "http",
        IdempotencyKey = Has(i, 0) ? Text(i) : null,
        SubmittedAt = new DateTime(1999, 12, 31, 23, 59, 59, 999, DateTimeKind.Utc),
        Messages = [new Message { Role = "user", Content = Text(i) }],
        Reference = Has(i, 1) ? new Reference { Answer = "42" } : null,
        Verifiers = Has(i, 2) ? [new VerifierSpec { Name = "numeric", Parameters = { ["tolerance"] = "0", [Text(i)] = Text(i + 1) } }] : [],
        Sampling = new Sampling { N = 4, Temperature = 0.6, TopP = 0.95, MaxTokens = 4096, Seed = Has(i, 3) ? -(1L << 52) : null },
        Attributes = { ["team"] = Text(i) },
        RedactionPolicy = Has(i, 4) ? "none" : null,
    };

    private static List<SoftLabel> SoftLabels(int i) => Enumerable.Range(0, i % 6).Select(k => new SoftLabel
    {
        Token = Text(k),
        Logprob = -0.1f * k,
        Top = Enumerable.Range(0, k).Select(t => new TopLogprob { Token = Text(t), Logprob = -MathF.PI * t }).ToList(),
    }).ToList();

    private static bool Has(int i, int field) => (i >> field & 1) == 1;

    private static string Text(int i) => Texts[i % Texts.Length];
}
