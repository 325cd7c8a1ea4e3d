using System.Text;
using streamdistill;
using StreamDistill.Cli.Exporting;

namespace StreamDistill.Cli.Tests.Exporting;

public sealed class DatasetLinesTests
{
    private static readonly Prompt Prompt = new()
    {
        PromptId = "p1",
        Tenant = "acme",
        Task = "math",
        Source = "http",
        Messages = [new Message { Role = "user", Content = "1 + 1 = ? <b>" }],
        Reference = new Reference { Answer = "2" },
        Verifiers = [],
        Sampling = new Sampling { N = 1, Temperature = 0.6, TopP = 1, MaxTokens = 10 },
        Attempt = 1,
        Attributes = new Dictionary<string, string>(),
        SubmittedAt = DateTime.UnixEpoch,
    };

    private static readonly Teacher Teacher = new() { Provider = "recorded", Model = "m" };

    [Fact]
    public void A_curated_line_is_a_chat_with_reasoning_and_answer_apart_and_has_neither_time_nor_offset()
    {
        var example = new TrainingExample
        {
            ExampleId = "e1",
            PromptId = "p1",
            CompletionId = "c1",
            Tenant = "acme",
            Task = "math",
            Kind = Kind.REASONING,
            Split = Split.TRAIN,
            Messages = Prompt.Messages,
            Reasoning = "one and one",
            Answer = "2 ≠ 3",
            Weight = 1,
            ContentHash = "h",
            Origin = new Origin { Topic = "verified", Partition = 3, Offset = 99 },
            Teacher = Teacher,
            Verifiers = ["numeric@1"],
            PolicyHash = "ph",
            CreatedAt = DateTime.UtcNow,
        };

        Assert.Equal(
            """{"messages":[{"role":"user","content":"1 + 1 = ? <b>"},{"role":"assistant","content":"2 ≠ 3","reasoning_content":"one and one"}],"example_id":"e1","prompt_id":"p1","completion_id":"c1","tenant":"acme","task":"math","kind":"REASONING","split":"TRAIN","weight":1,"reference_answer":null,"content_hash":"h","teacher":{"provider":"recorded","model":"m","revision":null,"licence":null},"verifiers":["numeric@1"],"policy_hash":"ph","reference_rationale":null,"checks":[],"soft_labels":null}""",
            Line(json => DatasetLines.Curated(json, example)));
    }

    [Fact]
    public void A_verdicts_line_says_why_and_what_was_understood()
    {
        var verdict = Verdict(Outcome.FAIL, error: null, Check("finish", Outcome.PASS, "finished"), Check("numeric", Outcome.FAIL, "wrong_answer"));

        Assert.Equal(
            """{"completion_id":"c1","prompt_id":"p1","tenant":"acme","task":"math","attempt":1,"sample_index":0,"sample_count":1,"outcome":"FAIL","reason_codes":["wrong_answer"],"checks":[{"verifier":"finish","version":"1","outcome":"PASS","reason_code":"finished","detail":""},{"verifier":"numeric","version":"1","outcome":"FAIL","reason_code":"wrong_answer","detail":""}],"extracted_answer":"3","reference_answer":"2","reasoning":null,"answer":"3","finish_reason":"stop","error_code":null,"error_message":null,"teacher":{"provider":"recorded","model":"m","revision":null,"licence":null},"prompt_tokens":1,"completion_tokens":2,"reasoning_tokens":0,"cost_micros":5,"cost_currency":"USD","policy_hash":"ph"}""",
            Line(json => DatasetLines.Verdict(json, verdict)));
    }

    [Fact]
    public void Without_a_check_that_decided_the_reason_is_the_teachers_error()
    {
        var verdict = Verdict(Outcome.ERROR, new TeacherError { Code = "timeout", Message = "too slow" });

        Assert.Equal(["timeout"], DatasetLines.ReasonCodes(verdict));
    }

    private static Check Check(string verifier, Outcome outcome, string reason) =>
        new() { Verifier = verifier, Version = "1", Outcome = outcome, ReasonCode = reason, Detail = "", DurationUs = 17 };

    private static Verdict Verdict(Outcome outcome, TeacherError? error, params Check[] checks) => new()
    {
        Completion = new Completion
        {
            CompletionId = "c1",
            SampleIndex = 0,
            SampleCount = 1,
            Prompt = Prompt,
            Teacher = Teacher,
            Answer = "3",
            FinishReason = "stop",
            Usage = new Usage { PromptTokens = 1, CompletionTokens = 2 },
            CostMicros = 5,
            CostCurrency = "USD",
            LatencyMs = 12,
            Error = error,
            CreatedAt = DateTime.UtcNow,
        },
        Outcome = outcome,
        Checks = checks,
        ExtractedAnswer = "3",
        PolicyHash = "ph",
        DecidedAt = DateTime.UtcNow,
    };

    private static string Line(Action<System.Text.Json.Utf8JsonWriter> write)
    {
        using var line = new JsonLine();
        return Encoding.UTF8.GetString(line.Write(write));
    }
}
