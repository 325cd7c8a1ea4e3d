using Confluent.Kafka;
using streamdistill;
using StreamDistill.Contracts;
using StreamDistill.Pipeline;

namespace StreamDistill.Compact.Tests;

/// <summary>Verdicts as Verify would write them.</summary>
internal static class Verdicts
{
    public static Input<Verdict> Of(
        string promptId,
        string question,
        string answer,
        string? reasoning = null,
        string completionId = "c0",
        string tenant = "acme",
        string task = "chat",
        Outcome outcome = Outcome.PASS,
        long offset = 0) => new(
            new Verdict
            {
                Completion = new Completion
                {
                    CompletionId = completionId,
                    SampleCount = 1,
                    Prompt = new Prompt
                    {
                        PromptId = promptId,
                        Tenant = tenant,
                        Task = task,
                        Source = "test",
                        Messages = [new Message { Role = "user", Content = question }],
                        Reference = new Reference { Answer = "42" },
                        Sampling = new Sampling { N = 1, Temperature = 0.7, TopP = 1, MaxTokens = 100 },
                    },
                    Teacher = new Teacher { Provider = "recorded", Model = "m" },
                    Reasoning = reasoning,
                    Answer = answer,
                    FinishReason = "stop",
                    Usage = new Usage(),
                },
                Outcome = outcome,
                Checks =
                [
                    new Check { Verifier = "numeric", Version = "1", Outcome = Outcome.PASS, ReasonCode = "ok" },
                    new Check { Verifier = "length", Version = "2", Outcome = Outcome.UNKNOWN, ReasonCode = "not_applicable" },
                ],
                PolicyHash = "policy",
                DecidedAt = DateTime.UnixEpoch.AddDays(1),
            },
            new TopicPartitionOffset(Topics.Verified, 0, offset));
}
