using System.Collections.Concurrent;
using streamdistill;
using StreamDistill.Pipeline;

namespace StreamDistill.Teach.OpenAi;

/// <summary>
/// A teacher behind an OpenAI-compatible endpoint. Lives as long as the process: a call that was paid for outlives the
/// stage that made it, so that a stage which starts again after an aborted transaction joins the call or finds its answer.
/// </summary>
internal sealed class OpenAiTeacher : ITeacher, IDisposable
{
    /// <summary>The value of teacher.provider.</summary>
    public const string Provider = "openai";

    private readonly TeachOptions options;
    private readonly TimeProvider time;
    private readonly ChatClient client;
    private readonly Prices prices;
    private readonly PaidAnswers paid;
    private readonly CancellationTokenSource lifetime = new();
    private readonly ConcurrentDictionary<string, Lazy<Task<IReadOnlyList<Completion>>>> inFlight = [];
    private volatile bool oneSamplePerCall;

    /// <param name="options">The section Teach.</param>
    /// <param name="key">The endpoint's key; null where it wants none.</param>
    /// <param name="health">Told when the teacher cannot be used.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">Told what an operator should know.</param>
    public OpenAiTeacher(TeachOptions options, string? key, HealthState health, TimeProvider time, ILogger<OpenAiTeacher> logger)
    {
        this.options = options;
        this.time = time;
        prices = new Prices(options);
        paid = new PaidAnswers(options.PaidAnswersBytes);
        client = new ChatClient(options, new ChatEndpoint(options, key, time), prices, health, time, logger);
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<Completion>> SampleAsync(Prompt prompt, CancellationToken cancellationToken)
    {
        var first = Start(prompt, 0).CompletionId;
        return inFlight.GetOrAdd(first, _ => new(() => SampleOnceAsync(prompt, first))).Value.WaitAsync(cancellationToken);
    }

    /// <summary>Ends the calls in flight.</summary>
    public void Dispose()
    {
        lifetime.Cancel();
        client.Dispose();
        lifetime.Dispose();
    }

    private async Task<IReadOnlyList<Completion>> SampleOnceAsync(Prompt prompt, string first)
    {
        try
        {
            var samples = new Completion[prompt.Sampling.N];
            var missing = new List<int>();
            for (var index = 0; index < samples.Length; index++)
            {
                samples[index] = Start(prompt, index);
                if (paid.TryGet(samples[index].CompletionId, out var known))
                {
                    samples[index] = known;
                }
                else
                {
                    missing.Add(index);
                }
            }

            await FillAllAsync(samples, missing.Chunk(SamplesPerCall(samples.Length)));
            return samples;
        }
        finally
        {
            inFlight.TryRemove(first, out _);
        }
    }

    private int SamplesPerCall(int wanted) => oneSamplePerCall ? 1 : options.SamplesPerCall == 0 ? wanted : options.SamplesPerCall;

    private Task FillAllAsync(Completion[] samples, IEnumerable<int[]> calls) =>
        Task.WhenAll(calls.Select(indexes => FillAsync(samples, indexes)));

    /// <summary>Makes one call for the samples with these indexes, and others for those it did not answer.</summary>
    private async Task FillAsync(Completion[] samples, int[] indexes)
    {
        ChatAnswer answer;
        try
        {
            answer = await client.CallAsync(new ChatCall(samples[indexes[0]].Prompt, indexes[0], indexes.Length), lifetime.Token);
        }
        catch (TeacherCallException e) when (indexes.Length > 1 && e is { Code: ErrorCodes.Refused, Status: 400 or 422 })
        {
            await FillOneByOneAsync(samples, indexes);
            return;
        }
        catch (TeacherCallException e)
        {
            foreach (var index in indexes)
            {
                Fail(samples, index, new TeacherError { Code = e.Code, Message = e.Message });
            }

            return;
        }

        Take(samples, indexes, answer);
        var unanswered = indexes[answer.Choices.Count..];
        oneSamplePerCall |= unanswered.Length > 0 && answer.Choices.Count == 1;
        await FillAllAsync(samples, unanswered.Chunk(1));
    }

    /// <summary>The endpoint may refuse n > 1, or the prompt itself: the first sample alone tells, and the others need no call to be refused.</summary>
    private async Task FillOneByOneAsync(Completion[] samples, int[] indexes)
    {
        await FillAsync(samples, indexes[..1]);
        if (samples[indexes[0]].Error is { Code: ErrorCodes.Refused } refusal)
        {
            foreach (var index in indexes[1..])
            {
                Fail(samples, index, refusal);
            }

            return;
        }

        oneSamplePerCall |= samples[indexes[0]].Error is null;
        await FillAllAsync(samples, indexes[1..].Chunk(1));
    }

    /// <summary>The choices in order; what the call used and cost is shared out so that the sums stay what they were.</summary>
    private void Take(Completion[] samples, int[] indexes, ChatAnswer answer)
    {
        long[] weights = [.. answer.Choices.Select(choice => choice.Length)];
        var even = Enumerable.Repeat(1L, weights.Length).ToArray();
        var prompt = Shares.Of(answer.Usage?.PromptTokens ?? 0, even);
        var completion = Shares.Of(answer.Usage?.CompletionTokens ?? 0, weights);
        var reasoning = Shares.Of(answer.Usage?.ReasoningTokens ?? 0, [.. answer.Choices.Select(choice => 1L + (choice.Reasoning?.Length ?? 0))]);
        var cost = Shares.Of(prices.Of(answer.Usage).CostMicros, weights);
        for (var i = 0; i < answer.Choices.Count; i++)
        {
            var (choice, sample) = (answer.Choices[i], samples[indexes[i]]);
            samples[indexes[i]] = sample with
            {
                Teacher = sample.Teacher with { Revision = answer.Revision },
                Reasoning = choice.Reasoning,
                Answer = choice.Answer,
                FinishReason = choice.FinishReason,
                Usage = new Usage { PromptTokens = prompt[i], CompletionTokens = completion[i], ReasoningTokens = reasoning[i] },
                CostMicros = cost[i],
                FirstTokenMs = (long?)choice.FirstToken?.TotalMilliseconds,
                LatencyMs = (long)answer.Latency.TotalMilliseconds,
                SoftLabels = choice.SoftLabels,
                CreatedAt = time.GetUtcNow().UtcDateTime,
            };
            paid.Add(samples[indexes[i]]);
        }
    }

    private static void Fail(Completion[] samples, int index, TeacherError error)
    {
        TeachTelemetry.GaveUp(error);
        samples[index] = samples[index].Failed(error.Code, error.Message);
    }

    private Completion Start(Prompt prompt, int index) => NewCompletion.Of(
        prompt,
        index,
        prompt.Sampling.N,
        new Teacher { Provider = Provider, Model = options.Model!, Licence = options.Licence },
        time) with
    { CostCurrency = options.Currency };
}
