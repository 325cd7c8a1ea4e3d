using streamdistill;
using StreamDistill.Contracts;

namespace StreamDistill.Ingest.Tests;

public sealed class PromptSubmitterTests
{
    private readonly PromptIndex index = new(capacity: 1000);

    [Fact]
    public async Task The_same_prompt_is_stored_once()
    {
        var sink = new MemorySink();
        var submitter = new PromptSubmitter(sink, index);

        Assert.Equal(Fate.Accepted, (await SubmitAsync(submitter, "\"prompt_id\":\"a\"")).Fate);
        Assert.Equal(Fate.Duplicate, (await SubmitAsync(submitter, "\"prompt_id\":\"a\"")).Fate);
        Assert.Equal(Fate.Accepted, (await SubmitAsync(submitter, "\"idempotency_key\":\"k\"")).Fate);
        Assert.Equal(Fate.Duplicate, (await SubmitAsync(submitter, "\"idempotency_key\":\"k\"")).Fate);
        Assert.Equal(2, sink.Stored.Count);
    }

    [Theory]
    [InlineData("\"prompt_id\":\"a\"", "\"prompt_id\":\"a\",\"task\":\"other\"", "prompt_id")]
    [InlineData("\"prompt_id\":\"a\"", "\"prompt_id\":\"a\",\"tenant\":\"other\"", "prompt_id")]
    [InlineData("\"idempotency_key\":\"k\"", "\"idempotency_key\":\"k\",\"task\":\"other\"", "idempotency_key")]
    [InlineData("\"prompt_id\":\"a\",\"idempotency_key\":\"k\"", "\"prompt_id\":\"b\",\"idempotency_key\":\"k\"", "idempotency_key")]
    [InlineData("\"idempotency_key\":\"k\"", "\"prompt_id\":\"b\",\"idempotency_key\":\"k\"", "idempotency_key")]
    public async Task An_id_or_key_that_belongs_to_other_content_is_refused(string first, string second, string field)
    {
        var submitter = new PromptSubmitter(new MemorySink(), index);

        Assert.Equal(Fate.Accepted, (await SubmitAsync(submitter, first)).Fate);
        var outcome = await SubmitAsync(submitter, second);
        Assert.Equal((Fate.Refused, field, RefusalCodes.Taken), (outcome.Fate, outcome.Field, outcome.Code));
    }

    [Fact]
    public async Task Of_the_same_prompt_submitted_at_the_same_time_one_is_stored()
    {
        var gate = new TaskCompletionSource();
        var sink = new MemorySink(_ => gate.Task);
        var submitter = new PromptSubmitter(sink, index);

        var submissions = Enumerable.Range(0, 20).Select(_ => SubmitAsync(submitter, "\"prompt_id\":\"a\"")).ToList();
        gate.SetResult();
        var outcomes = await Task.WhenAll(submissions);

        Assert.Equal(1, outcomes.Count(outcome => outcome.Fate == Fate.Accepted));
        Assert.Equal(19, outcomes.Count(outcome => outcome.Fate == Fate.Duplicate));
        Assert.Single(sink.Stored);
    }

    [Fact]
    public async Task A_prompt_that_was_not_stored_can_be_submitted_again()
    {
        var isAway = true;
        var submitter = new PromptSubmitter(
            new MemorySink(_ => isAway ? throw new StreamDistillException("away", isTransient: true) : Task.CompletedTask), index);

        Assert.Equal(Fate.Failed, (await SubmitAsync(submitter, "\"prompt_id\":\"a\"")).Fate);
        isAway = false;
        Assert.Equal(Fate.Accepted, (await SubmitAsync(submitter, "\"prompt_id\":\"a\"")).Fate);
    }

    [Fact]
    public async Task A_prompt_that_may_be_stored_is_not_stored_again_before_the_topic_was_read_once_more()
    {
        var sink = new MemorySink(_ => throw new UnknownOutcomeException("no answer", new TimeoutException()));
        index.Complete();

        Assert.Equal(Fate.Failed, (await SubmitAsync(new PromptSubmitter(sink, index), "\"prompt_id\":\"a\"")).Fate);
        Assert.False(index.IsComplete);
        index.Complete(asOf: 0);
        var working = new MemorySink();
        var submitter = new PromptSubmitter(working, index);
        Assert.Equal(Fate.Failed, (await SubmitAsync(submitter, "\"prompt_id\":\"a\"")).Fate);
        Assert.Empty(working.Stored);

        index.Remember(PromptClaims.Of(await Lines.ReadOneAsync(Lines.With("\"prompt_id\":\"a\""))));
        index.Complete(asOf: 1);
        Assert.Equal(Fate.Duplicate, (await SubmitAsync(submitter, "\"prompt_id\":\"a\"")).Fate);
        Assert.Empty(working.Stored);
    }

    [Fact]
    public void The_oldest_prompt_is_forgotten_when_the_index_is_full()
    {
        using var small = new PromptIndex(capacity: 2);
        foreach (var id in new[] { "a", "b", "c" })
        {
            small.Remember(Claims(id));
        }

        Assert.Equal(Acquaintance.New, small.Find(Claims("a")));
        Assert.Equal(Acquaintance.Same, small.Find(Claims("b")));
        Assert.Equal(Acquaintance.Same, small.Find(Claims("c")));
    }

    private static PromptClaims Claims(string id) => PromptClaims.Of(new Prompt { PromptId = id, Sampling = new Sampling() });

    private static async Task<SubmissionOutcome> SubmitAsync(PromptSubmitter submitter, string field) =>
        await submitter.SubmitAsync(await Lines.ReadOneAsync(Lines.With(field)), quota: null, TestContext.Current.CancellationToken);
}
