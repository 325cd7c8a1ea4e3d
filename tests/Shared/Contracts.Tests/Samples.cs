using streamdistill;

namespace StreamDistill.Contracts.Tests;

/// <summary>Records with something in every field.</summary>
internal static class Samples
{
    public static Prompt Prompt() => new()
    {
        PromptId = "p-1",
        Tenant = "acme",
        Task = "math",
        Source = "http",
        IdempotencyKey = "k-1",
        SubmittedAt = new DateTime(2026, 3, 1, 12, 0, 0, 123, DateTimeKind.Utc),
        Messages = [new Message { Role = "system", Content = "Answer briefly." }, new Message { Role = "user", Content = "Was ist 6 × 7? 🙂" }],
        Reference = new Reference { Answer = "42", Rationale = "6 × 7 = 42" },
        Verifiers = [new VerifierSpec { Name = "numeric", Parameters = { ["tolerance"] = "0" } }],
        Sampling = new Sampling { N = 4, Temperature = 0.6, TopP = 0.95, MaxTokens = 4096, Seed = 7, TopLogprobs = 2 },
        Attempt = 2,
        Attributes = { ["team"] = "search" },
        RedactionPolicy = "none",
    };

    public static Verdict Verdict() => new()
    {
        Completion = new Completion
        {
            CompletionId = "c-1",
            SampleIndex = 1,
            SampleCount = 4,
            Prompt = Prompt(),
            Teacher = new Teacher { Provider = "openai", Model = "deepseek-r1", Revision = "0528", Licence = "MIT" },
            Reasoning = "Six sevens.",
            Answer = "42",
            FinishReason = "stop",
            Usage = new Usage { PromptTokens = 20, CompletionTokens = 300, ReasoningTokens = 280 },
            CostMicros = 656,
            FirstTokenMs = 120,
            LatencyMs = 2345,
            SoftLabels = [new SoftLabel { Token = "42", Logprob = -0.01f, Top = [new TopLogprob { Token = "42", Logprob = -0.01f }] }],
            CreatedAt = new DateTime(2026, 3, 1, 12, 0, 2, DateTimeKind.Utc),
        },
        Outcome = Outcome.PASS,
        Checks = [new Check { Verifier = "numeric", Version = "1", Outcome = Outcome.PASS, ReasonCode = "equal", Detail = "42 = 42", DurationUs = 9 }],
        ExtractedAnswer = "42",
        PolicyHash = "abc",
        DecidedAt = new DateTime(2026, 3, 1, 12, 0, 3, DateTimeKind.Utc),
    };
}
