namespace StreamDistill.Teach.OpenAi;

/// <summary>
/// When the next request may go out, for all callers together: rates of requests and tokens, and pauses that the endpoint
/// asked for. (How many calls are open at once is the caller's own matter.)
/// </summary>
internal sealed class CallLimits(TeachOptions options, TimeProvider time)
{
    private readonly RateLimit requests = new(options.RequestsPerMinute, time);
    private readonly RateLimit tokens = new(options.TokensPerMinute, time);
    private readonly Lock gate = new();
    private DateTimeOffset pausedUntil;
    private double usualCompletionTokens = 512;

    /// <summary>Waits for this call's turn. Returns the tokens it was counted with.</summary>
    public async Task<double> WaitAsync(ChatCall call, CancellationToken cancellationToken)
    {
        var guess = call.PromptTokensGuess + (call.Count * Math.Min(call.Prompt.Sampling.MaxTokens, Volatile.Read(ref usualCompletionTokens)));
        await requests.WaitAsync(1, cancellationToken);
        await tokens.WaitAsync(guess, cancellationToken);
        while (PausedFor() is { } delay && delay > TimeSpan.Zero)
        {
            await Task.Delay(delay, time, cancellationToken);
        }

        return guess;
    }

    /// <summary>Corrects what the call was counted with; a call that was not answered gives its tokens back.</summary>
    public void Settle(double guess, ChatUsage? usage, int choices)
    {
        tokens.Take((usage?.PromptTokens ?? 0) + (usage?.CompletionTokens ?? 0) - guess);
        if (usage?.CompletionTokens is { } completion && choices > 0)
        {
            var usual = Volatile.Read(ref usualCompletionTokens);
            Volatile.Write(ref usualCompletionTokens, usual + (0.1 * (((double)completion / choices) - usual)));
        }
    }

    /// <summary>Nobody calls until the time is over. Pauses do not add up: the one that ends last counts.</summary>
    public void Pause(TimeSpan duration)
    {
        var until = time.GetUtcNow() + duration;
        lock (gate)
        {
            pausedUntil = until > pausedUntil ? until : pausedUntil;
        }
    }

    private TimeSpan PausedFor()
    {
        lock (gate)
        {
            return pausedUntil - time.GetUtcNow();
        }
    }
}
