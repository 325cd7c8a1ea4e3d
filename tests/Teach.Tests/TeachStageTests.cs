using Confluent.Kafka;
using streamdistill;
using StreamDistill.Contracts;
using StreamDistill.Pipeline;

namespace StreamDistill.Teach.Tests;

public class TeachStageTests
{
    [Fact]
    public async Task Each_sample_becomes_a_completion_with_the_prompts_key()
    {
        await using var asking = await Asking.StartAsync(FakeReply.Answer("42"));
        var outputs = await Process(asking.Teacher, Asking.Prompt("p1", n: 3), Asking.Prompt("p1", n: 3, attempt: 2));
        Assert.Equal(6, outputs.Count);
        Assert.All(outputs, output => Assert.Equal((Topics.Completions, "p1"), (output.Topic, output.Key)));
        var completions = outputs.Select(output => Assert.IsType<Completion>(output.Value)).ToList();
        Assert.Equal([(1, 0), (1, 1), (1, 2), (2, 0), (2, 1), (2, 2)], completions.Select(completion => (completion.Prompt.Attempt, completion.SampleIndex)));
        Assert.Equal(6, completions.Select(completion => completion.CompletionId).Distinct().Count());
    }

    [Fact]
    public async Task A_prompt_whose_samples_all_fail_is_not_lost()
    {
        await using var asking = await Asking.StartAsync(FakeReply.Status(403));
        Assert.All(await Process(asking.Teacher, Asking.Prompt(n: 3)), output => Assert.Equal("refused", Assert.IsType<Completion>(output.Value).Error?.Code));
    }

    [Theory]
    [InlineData(0, 100, 1, "invalid_sampling", "sampling.n = 0")]
    [InlineData(1025, 100, 1, "invalid_sampling", "sampling.n = 1025; allowed is 1 to 1024 (Teach:MaxSamplesPerPrompt)")]
    [InlineData(1, 0, 1, "invalid_sampling", "sampling.max_tokens = 0")]
    [InlineData(1, 100, 0, "invalid_attempt", "attempt 0")]
    public async Task A_prompt_that_nobody_can_answer_is_dead_lettered_without_a_call(int n, int maxTokens, int attempt, string reason, string message)
    {
        await using var asking = await Asking.StartAsync(FakeReply.Answer("42"));
        var refusal = await Assert.ThrowsAsync<UnprocessableRecordException>(() => Process(asking.Teacher, Asking.Prompt(n: n, maxTokens: maxTokens, attempt: attempt)));
        Assert.Equal(reason, refusal.ReasonCode);
        Assert.Contains(message, refusal.Message);
        Assert.Equal(0, asking.Endpoint.Calls);
    }

    [Fact]
    public async Task A_prompt_without_messages_is_dead_lettered()
    {
        await using var asking = await Asking.StartAsync(FakeReply.Answer("42"));
        var refusal = await Assert.ThrowsAsync<UnprocessableRecordException>(() => Process(asking.Teacher, Asking.Prompt() with { Messages = [] }));
        Assert.Equal("no_messages", refusal.ReasonCode);
    }

    private static async Task<IReadOnlyList<Output>> Process(ITeacher teacher, params Prompt[] prompts) =>
        await new TeachStage(teacher, new TeachOptions()).ProcessAsync(
            [.. prompts.Select((prompt, offset) => new Input<Prompt>(prompt, new TopicPartitionOffset(Topics.Prompts, 0, offset)))], CancellationToken.None);
}
