using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using streamdistill;
using StreamDistill.Pipeline;
using StreamDistill.Teach.OpenAi;

namespace StreamDistill.Teach.Tests;

/// <summary>An OpenAI teacher in front of a fake endpoint, with a clock that stands still until it is told to go on.</summary>
internal sealed class Asking : IAsyncDisposable
{
    private Asking(FakeTeacher endpoint, OpenAiTeacher teacher, FakeTimeProvider clock, HealthState health, LogLines lines) =>
        (Endpoint, Teacher, Clock, Health, Logged) = (endpoint, teacher, clock, health, lines);

    public FakeTeacher Endpoint { get; }

    public OpenAiTeacher Teacher { get; }

    public FakeTimeProvider Clock { get; }

    public HealthState Health { get; }

    public LogLines Logged { get; }

    public static Task<Asking> StartAsync(FakeReply reply, Func<string, TeachOptions>? options = null) => StartAsync(_ => reply, options);

    public static async Task<Asking> StartAsync(Func<FakeCall, FakeReply> script, Func<string, TeachOptions>? options = null, string? key = null)
    {
        var clock = new FakeTimeProvider(new DateTimeOffset(2026, 3, 4, 5, 6, 7, TimeSpan.Zero));
        var endpoint = await FakeTeacher.StartAsync(script, clock);
        var health = new HealthState();
        var log = new LogLines();
        var chosen = options?.Invoke(endpoint.Url) ?? Options(endpoint.Url);
        return new Asking(endpoint, new OpenAiTeacher(chosen, key, health, clock, log), clock, health, log);
    }

    /// <summary>What most tests want: the clock runs fast, so that no real request may come near the timeout.</summary>
    public static TeachOptions Options(string url) => new() { Teacher = url, Model = "m1", AttemptTimeout = TimeSpan.FromDays(1) };

    public static Prompt Prompt(string id = "p1", int n = 1, int attempt = 1, long? seed = null, int topLogprobs = 0, int maxTokens = 100, string question = "6 x 7?") => new()
    {
        PromptId = id,
        Tenant = "t",
        Task = "math",
        Source = "test",
        SubmittedAt = new DateTime(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc),
        Messages = [new Message { Role = "user", Content = question }],
        Sampling = new Sampling { N = n, Temperature = 0.7, TopP = 0.9, MaxTokens = maxTokens, Seed = seed, TopLogprobs = topLogprobs },
        Attempt = attempt,
    };

    /// <summary>The samples, while time passes.</summary>
    public async Task<IReadOnlyList<Completion>> AskAsync(Prompt? prompt = null)
    {
        var samples = Teacher.SampleAsync(prompt ?? Prompt(), CancellationToken.None);
        await PassTimeUntilAsync(() => samples.IsCompleted);
        return await samples;
    }

    /// <summary>Lets time pass, but not while the endpoint is busy, until something has happened.</summary>
    public async Task PassTimeUntilAsync(Func<bool> happened)
    {
        while (!happened())
        {
            if (Endpoint.InFlight == 0)
            {
                Clock.Advance(TimeSpan.FromMilliseconds(100));
            }

            await Task.Delay(1);
        }
    }

    public async ValueTask DisposeAsync()
    {
        Teacher.Dispose();
        await Endpoint.DisposeAsync();
    }

    internal sealed class LogLines : ILogger<OpenAiTeacher>
    {
        public ConcurrentQueue<string> Lines { get; } = [];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Lines.Enqueue(formatter(state, exception));
    }
}
