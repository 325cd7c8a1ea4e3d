using streamdistill;

namespace StreamDistill.Benchmarks;

/// <summary>Completions of about 2 KB, as teachers give them.</summary>
internal static class Completions
{
    private const string Reasoning =
        "Okay, let’s see. Janet’s ducks lay 16 eggs per day, and I need the number that she sells at the market. She eats 3 of them for breakfast, "
        + "so 16 - 3 = 13 are left. Then she bakes muffins for her friends with 4 more, so 13 - 4 = 9 eggs remain. Wait, do the muffins come out of the "
        + "remaining eggs or are they bought? The problem says that she bakes with four of the eggs, so they come out of the 16. Each remaining egg is sold "
        + "for $2, hence 9 × 2 = 18 dollars per day. Let me check it once more from the other side: 18 / 2 = 9 eggs sold, 9 + 4 + 3 = 16 eggs laid, which is "
        + "what the problem says. So she makes $18 every day at the farmers’ market. Hmm, is breakfast every morning the same as every day? Yes, one breakfast a "
        + "day, so 3 eggs per day. And the muffins are for her friends every day, so 4 eggs per day. Nothing else uses eggs, and none are kept for later, as "
        + "she sells the remainder daily. Then the revenue per day is the remainder times the price: 9 eggs × $2 per egg = $18. The question asks for "
        + "dollars every day, so the unit is dollars, and the answer is 18.\n\n";

    /// <summary>Mostly text, and many small items.</summary>
    public static IReadOnlyList<(string Kind, Completion Completion)> All { get; } = [("text", Text()), ("soft labels", SoftLabels())];

    private static Completion Text() => new()
    {
        CompletionId = "c-7f3a9c2e5b8d41f6a0e2c4b6d8f01325",
        SampleIndex = 2,
        SampleCount = 4,
        Prompt = new Prompt
        {
            PromptId = "gsm8k-test-0000",
            Tenant = "acme",
            Task = "math",
            Source = "http",
            IdempotencyKey = "2b1f7c0e-9f0a-4f51-8a41-7d9f6f5f0c11",
            SubmittedAt = new DateTime(2026, 3, 1, 12, 0, 0, 123, DateTimeKind.Utc),
            Messages =
            [
                new Message { Role = "system", Content = "Reason step by step and put the final answer after ####." },
                new Message
                {
                    Role = "user",
                    Content = "Janet’s ducks lay 16 eggs per day. She eats three for breakfast every morning and bakes muffins for her friends every day with "
                        + "four. She sells the remainder at the farmers' market daily for $2 per fresh duck egg. How much in dollars does she make every day?",
                },
            ],
            Reference = new Reference { Answer = "18", Rationale = "Janet sells 16 - 3 - 4 = 9 duck eggs a day. She makes 9 * 2 = 18 dollars every day." },
            Verifiers = [new VerifierSpec { Name = "numeric", Parameters = { ["relative_tolerance"] = "0" } }, new VerifierSpec { Name = "repetition" }],
            Sampling = new Sampling { N = 4, Temperature = 0.6, TopP = 0.95, MaxTokens = 4096, Seed = 7 },
            Attributes = { ["team"] = "tutoring" },
        },
        Teacher = new Teacher { Provider = "openai", Model = "deepseek-r1", Revision = "fp_0528", Licence = "MIT" },
        Reasoning = Reasoning,
        Answer = "Janet uses 3 + 4 = 7 eggs a day and sells the other 16 - 7 = 9 for $2 each, so she makes 9 × 2 = 18 dollars.\n#### 18",
        FinishReason = "stop",
        Usage = new Usage { PromptTokens = 98, CompletionTokens = 311, ReasoningTokens = 262 },
        CostMicros = 735,
        FirstTokenMs = 412,
        LatencyMs = 9_812,
        CreatedAt = new DateTime(2026, 3, 1, 12, 0, 10, DateTimeKind.Utc),
    };

    private static Completion SoftLabels() => Text() with
    {
        Reasoning = null,
        SoftLabels = Enumerable.Range(0, 24).Select(i => new SoftLabel
        {
            Token = Token(i),
            Logprob = -0.01f * i,
            Top = Enumerable.Range(0, 4).Select(k => new TopLogprob { Token = Token(i + k), Logprob = -0.5f * k }).ToList(),
        }).ToList(),
    };

    private static string Token(int i)
    {
        var words = Reasoning.Split(' ');
        return words[i % words.Length];
    }
}
