using Polly;
using Polly.CircuitBreaker;
using Polly.Retry;
using Polly.Timeout;
using StreamDistill.Pipeline;

namespace StreamDistill.Teach.OpenAi;

/// <summary>
/// Calls to the endpoint, made good: bounded in number, within its rates and the spending cap, retried with jitter while
/// that can help, and not tried at all while the endpoint is down.
/// </summary>
internal sealed partial class ChatClient : IDisposable
{
    private const string HealthPart = "teacher";

    private static readonly TimeSpan BreakDuration = TimeSpan.FromSeconds(15);
    private static readonly ResiliencePropertyKey<CallState> StateKey = new("call");

    private readonly TeachOptions options;
    private readonly ChatEndpoint endpoint;
    private readonly TimeProvider time;
    private readonly ILogger logger;
    private readonly HealthState health;
    private readonly SemaphoreSlim slots;
    private readonly CallLimits limits;
    private readonly SpendingCap cap;
    private readonly Prices prices;
    private readonly TeachTelemetry telemetry;
    private readonly ResiliencePipeline retries;
    private readonly ResiliencePipeline attempts;
    private int saidExhausted;
    private volatile bool isWell = true;

    /// <param name="options">The section Teach.</param>
    /// <param name="endpoint">Sends single requests; owned.</param>
    /// <param name="prices">What a call may cost, for the spending cap.</param>
    /// <param name="health">Told when the teacher cannot be used, and when it can again.</param>
    /// <param name="time">The clock of every wait.</param>
    /// <param name="logger">Told what an operator should know.</param>
    public ChatClient(TeachOptions options, ChatEndpoint endpoint, Prices prices, HealthState health, TimeProvider time, ILogger logger)
    {
        this.options = options;
        this.endpoint = endpoint;
        this.time = time;
        this.logger = logger;
        this.health = health;
        slots = new SemaphoreSlim(options.ConcurrentCalls);
        limits = new CallLimits(options, time);
        cap = new SpendingCap(options);
        this.prices = prices;
        telemetry = new TeachTelemetry(options, endpoint.Url);
        health.SetReady(HealthPart, true);
        retries = new ResiliencePipelineBuilder { TimeProvider = time }
            .AddRetry(new RetryStrategyOptions
            {
                MaxRetryAttempts = int.MaxValue, // MayRetry decides.
                ShouldHandle = args => new(MayRetry(args.Outcome.Exception, args.Context.Properties.GetValue(StateKey, null!))),
                BackoffType = DelayBackoffType.Exponential,
                UseJitter = true,
                Delay = TimeSpan.FromSeconds(1),
                MaxDelay = TimeSpan.FromMinutes(1),
                DelayGenerator = args => new(WaitAskedFor(args.Outcome.Exception)),
            })
            .Build();
        attempts = new ResiliencePipelineBuilder { TimeProvider = time }
            .AddCircuitBreaker(new CircuitBreakerStrategyOptions
            {
                ShouldHandle = args => new(args.Outcome.Exception is TimeoutRejectedException or TeacherCallException { IsTransient: true, Code: not ErrorCodes.RateLimited }),
                FailureRatio = 0.5,
                MinimumThroughput = 20,
                SamplingDuration = TimeSpan.FromSeconds(30),
                BreakDuration = BreakDuration,
                OnOpened = args => OnOpened(args.Outcome.Exception!),
            })
            .AddTimeout(options.AttemptTimeout)
            .Build();
    }

    /// <summary>The answer. Throws <see cref="TeacherCallException"/> when nothing helped.</summary>
    public async Task<ChatAnswer> CallAsync(ChatCall call, CancellationToken cancellationToken)
    {
        await slots.WaitAsync(cancellationToken);
        var context = ResilienceContextPool.Shared.Get(cancellationToken);
        try
        {
            var state = new CallState(call);
            context.Properties.Set(StateKey, state);
            return await retries.ExecuteAsync(static (context, self) => self.Client.AttemptAsync(self.State, context.CancellationToken), context, (Client: this, State: state));
        }
        catch (TimeoutRejectedException e)
        {
            throw new TeacherCallException(ErrorCodes.Timeout, TimeoutMessage(), isTransient: true, e);
        }
        catch (BrokenCircuitException e)
        {
            throw new TeacherCallException(
                ErrorCodes.Unavailable, $"{endpoint.Url} kept failing until the retry budget ended; last: {e.InnerException?.Message ?? "no answer"}", isTransient: true, e);
        }
        finally
        {
            ResilienceContextPool.Shared.Return(context);
            slots.Release();
        }
    }

    /// <summary>Closes the connections.</summary>
    public void Dispose()
    {
        endpoint.Dispose();
        slots.Dispose();
    }

    private async ValueTask<ChatAnswer> AttemptAsync(CallState state, CancellationToken cancellationToken)
    {
        var most = prices.MostOf(state.Call);
        if (!await cap.ReserveAsync(most, cancellationToken))
        {
            throw BudgetExhausted();
        }

        var bill = default(Bill);
        var guess = 0.0;
        ChatAnswer? answer = null;
        try
        {
            guess = await limits.WaitAsync(state.Call, cancellationToken);
            state.FirstTriedAt ??= time.GetTimestamp();
            answer = await attempts.ExecuteAsync(static (self, cancellationToken) => self.Client.SendAsync(self.State, cancellationToken), (Client: this, State: state), cancellationToken);

            // An endpoint that does not tell what was used may have used all of it; so may one that did not finish.
            bill = answer.Usage is null ? most : prices.Of(answer.Usage);
            return answer;
        }
        catch (Exception e) when (e is TimeoutRejectedException or OperationCanceledException or TeacherCallException { MayBeBilled: true })
        {
            bill = most;
            throw;
        }
        finally
        {
            cap.Settle(most, bill);
            limits.Settle(guess, answer?.Usage, answer?.Choices.Count ?? 0);
        }
    }

    private async ValueTask<ChatAnswer> SendAsync(CallState state, CancellationToken cancellationToken)
    {
        state.Sent++;
        var started = time.GetTimestamp();
        using var span = telemetry.Start(state.Call);
        try
        {
            var answer = await endpoint.SendAsync(state.Call, cancellationToken);
            telemetry.Answered(span, answer, prices.Of(answer.Usage));
            if (!isWell && !cap.IsExhausted)
            {
                SayWell();
            }

            return answer;
        }
        catch (TeacherCallException e)
        {
            telemetry.Failed(span, e.Code, time.GetElapsedTime(started));
            Note(e);
            throw;
        }
        catch (OperationCanceledException)
        {
            telemetry.Failed(span, ErrorCodes.Timeout, time.GetElapsedTime(started));
            throw;
        }
    }

    private void Note(TeacherCallException failure)
    {
        if (failure.RetryAfter is { } wanted)
        {
            // Longer than the retry budget is a failure of this call, not a reason to hang all of them.
            limits.Pause(wanted < options.RetryBudget ? wanted : options.RetryBudget);
        }

        if (failure.Status is 401 or 403)
        {
            SayUnwell(failure.Message);
        }
    }

    private bool MayRetry(Exception? failure, CallState state)
    {
        var code = failure switch
        {
            TimeoutRejectedException => ErrorCodes.Timeout,
            BrokenCircuitException => ErrorCodes.Unavailable,
            TeacherCallException { IsTransient: true } transient => transient.Code,
            _ => null,
        };
        var counts = failure is not BrokenCircuitException && code != ErrorCodes.RateLimited;
        if (code is null || state.FirstTriedAt is not { } first)
        {
            return false;
        }

        var elapsed = time.GetElapsedTime(first);
        if ((counts && state.Sent > options.MaxRetries) || elapsed + (WaitAskedFor(failure) ?? TimeSpan.Zero) >= options.RetryBudget)
        {
            return false;
        }

        TeachTelemetry.Retried(code);
        return true;
    }

    /// <summary>Null leaves the delay to the jittered backoff.</summary>
    private static TimeSpan? WaitAskedFor(Exception? failure) => failure switch
    {
        TeacherCallException call => call.RetryAfter,
        BrokenCircuitException broken => broken.RetryAfter,
        _ => null,
    };

    private TeacherCallException BudgetExhausted()
    {
        if (Interlocked.Exchange(ref saidExhausted, 1) == 0)
        {
            var why = $"The spending cap is reached after {cap.Spent.CostMicros} micro-{options.Currency} and {cap.Spent.Tokens} tokens "
                + $"({TeachOptions.Section}:{nameof(TeachOptions.MaxCostMicros)}, {TeachOptions.Section}:{nameof(TeachOptions.MaxTokens)}): the teacher is not called any more.";
            LogCapReached(why);
            SayUnwell(why);
        }

        return new TeacherCallException(ErrorCodes.BudgetExhausted, "the spending cap is reached; the teacher was not called", isTransient: false);
    }

    private ValueTask OnOpened(Exception failure)
    {
        var why = failure is TimeoutRejectedException ? TimeoutMessage() : failure.Message;
        limits.Pause(BreakDuration);
        LogDown(BreakDuration.TotalSeconds, why);
        SayUnwell(why);
        return ValueTask.CompletedTask;
    }

    private void SayUnwell(string why)
    {
        isWell = false;
        health.SetReady(HealthPart, false, why);
    }

    private void SayWell()
    {
        isWell = true;
        health.SetReady(HealthPart, true);
        LogUp();
    }

    private string TimeoutMessage() =>
        $"{endpoint.Url} did not finish its answer within {options.AttemptTimeout} ({TeachOptions.Section}:{nameof(TeachOptions.AttemptTimeout)})";

    [LoggerMessage(LogLevel.Warning, "{Why}")]
    private partial void LogCapReached(string why);

    [LoggerMessage(LogLevel.Warning, "The teacher keeps failing; no calls for {Seconds} s. Last failure: {Why}")]
    private partial void LogDown(double seconds, string why);

    [LoggerMessage(LogLevel.Information, "The teacher answers again.")]
    private partial void LogUp();

    private sealed class CallState(ChatCall call)
    {
        public ChatCall Call { get; } = call;

        public int Sent { get; set; }

        public long? FirstTriedAt { get; set; }
    }
}
