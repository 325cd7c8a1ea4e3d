using System.Collections.Concurrent;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using streamdistill;
using StreamDistill.Pipeline;

namespace StreamDistill.Ingest.Tests;

/// <summary>The service on a real port, and a client for it. What stores prompts is the test's.</summary>
internal sealed class IngestApp : IAsyncDisposable
{
    private readonly WebApplication app;

    private IngestApp(WebApplication app)
    {
        this.app = app;
        Client = new HttpClient { BaseAddress = new Uri(app.Urls.First()), Timeout = TimeSpan.FromMinutes(5) };
    }

    public HttpClient Client { get; }

    public HealthState Health => app.Services.GetRequiredService<HealthState>();

    public PromptIndex Index => app.Services.GetRequiredService<PromptIndex>();

    /// <summary>With a sink of the test's own and nothing stored before.</summary>
    public static async Task<IngestApp> StartAsync(IPromptSink sink, params (string Key, string Value)[] settings)
    {
        var app = await StartAsync(builder => builder.Services.AddSingleton(sink), settings);
        app.Index.Complete();
        return app;
    }

    /// <summary>With the topic prompts of a real broker.</summary>
    public static Task<IngestApp> StartOnKafkaAsync(string bootstrapServers, Uri registry, params (string Key, string Value)[] settings) => StartAsync(
        builder => builder.AddPromptsTopic(),
        [("Kafka:bootstrap.servers", bootstrapServers), ("SchemaRegistry:Url", registry.ToString()), .. settings]);

    public async Task<Answer> PostAsync(HttpContent content, string query = "", string? key = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/prompts" + query) { Content = content };
        if (key is not null)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        }

        using var response = await Client.SendAsync(request, TestContext.Current.CancellationToken);
        var body = await response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken);
        return new Answer(
            (int)response.StatusCode,
            response.Content.Headers.ContentType?.MediaType,
            response.Headers.RetryAfter?.ToString(),
            body.Length == 0 ? default : JsonDocument.Parse(body).RootElement);
    }

    public Task<Answer> PostLinesAsync(string lines, string query = "", string? key = null) =>
        PostAsync(new StringContent(lines, Encoding.UTF8, "application/x-ndjson"), query, key);

    public async Task WaitUntilReadyAsync()
    {
        while (!Health.IsReady)
        {
            await Task.Delay(50, TestContext.Current.CancellationToken);
        }
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await app.StopAsync();
        await app.DisposeAsync();
    }

    private static async Task<IngestApp> StartAsync(Action<WebApplicationBuilder> addSink, (string Key, string Value)[] settings)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        builder.Configuration.AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create(setting.Key, (string?)setting.Value)));
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddSingleton<HealthState>();
        builder.AddSubmission();
        addSink(builder);
        var app = builder.Build();
        app.MapPrompts();
        await app.StartAsync(TestContext.Current.CancellationToken);
        return new IngestApp(app);
    }
}

/// <summary>What the service answered.</summary>
internal sealed record Answer(int Status, string? MediaType, string? RetryAfter, JsonElement Body)
{
    public List<string> Accepted => [.. List("accepted").Select(line => $"{line.GetProperty("line")} {line.GetProperty("prompt_id")} {line.GetProperty("status")}")];

    public List<string> Refused => [.. List("refused").Select(line => $"{line.GetProperty("line")} {line.GetProperty("field")} {line.GetProperty("code")}")];

    public List<string> Failed => [.. List("failed").Select(line => $"{line.GetProperty("line")} {line.GetProperty("prompt_id")}")];

    /// <summary>The list's length without describing it: it may be long.</summary>
    public int Count(string list) => List(list).Count();

    public void AssertProblem(int status, string type)
    {
        Assert.Equal((status, "application/problem+json"), (Status, MediaType));
        Assert.Equal((status, "urn:streamdistill:problem:" + type), (Body.GetProperty("status").GetInt32(), Body.GetProperty("type").GetString()));
        Assert.NotEqual("", Body.GetProperty("title").GetString());
        Assert.NotEqual("", Body.GetProperty("detail").GetString());
    }

    private IEnumerable<JsonElement> List(string name) => Body.TryGetProperty(name, out var list) ? list.EnumerateArray() : [];
}

/// <summary>Keeps prompts, or does what a test wants done.</summary>
internal sealed class MemorySink(Func<Prompt, Task>? onWrite = null) : IPromptSink
{
    public ConcurrentQueue<Prompt> Stored { get; } = [];

    public async Task WriteAsync(Prompt prompt, CancellationToken cancellationToken)
    {
        if (onWrite is not null)
        {
            await onWrite(prompt);
        }

        Stored.Enqueue(prompt);
    }
}
