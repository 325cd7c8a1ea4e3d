using System.Net.Http.Headers;
using System.Net.ServerSentEvents;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using StreamDistill.Pipeline;

namespace StreamDistill.Serve.Tests;

/// <summary>The service on a real port, and a client for it.</summary>
internal sealed class ServeApp : IAsyncDisposable
{
    private readonly WebApplication app;

    private ServeApp(WebApplication app)
    {
        this.app = app;
        Url = app.Urls.First();
        Client = new HttpClient { BaseAddress = new Uri(Url), Timeout = TimeSpan.FromMinutes(5) };
    }

    public string Url { get; }

    public HttpClient Client { get; }

    public HealthState Health => app.Services.GetRequiredService<HealthState>();

    public InferenceLoop Loop => app.Services.GetRequiredService<InferenceLoop>();

    public StudentSlot Slot => app.Services.GetRequiredService<StudentSlot>();

    public StudentLoader Loader => app.Services.GetRequiredService<StudentLoader>();

    /// <summary>With the tiny student under the name tiny, unless the settings name another source.</summary>
    public static async Task<ServeApp> StartAsync(params (string Key, string Value)[] settings)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        if (!settings.Any(setting => setting.Key is "Serve:Directory" or "Serve:Student"))
        {
            builder.Configuration["Serve:Directory"] = TinyStudent.SharedDirectory;
        }

        builder.Configuration["Serve:ModelName"] = "tiny";
        builder.Configuration["Serve:Threads"] = "1";
        foreach (var (key, value) in settings)
        {
            builder.Configuration[key] = value;
        }

        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddSingleton<HealthState>();
        builder.AddServe();
        var app = builder.Build();
        app.MapServe();
        await app.StartAsync(TestContext.Current.CancellationToken);
        return new ServeApp(app);
    }

    /// <summary>A request's body: a question, and more fields as JSON.</summary>
    public static string Body(string fields = "\"max_tokens\":8", string question = "What is six times seven?") =>
        $$"""{"model":"tiny","messages":[{"role":"user","content":{{JsonSerializer.Serialize(question)}}}],{{fields}}}""";

    public async Task<Answer> PostAsync(string body, string? key = null, string mediaType = "application/json")
    {
        using var request = Request(body, key, mediaType);
        using var response = await Client.SendAsync(request, TestContext.Current.CancellationToken);
        return await Answer.ReadAsync(response);
    }

    public async Task<Answer> GetAsync(string path)
    {
        using var response = await Client.GetAsync(new Uri(path, UriKind.Relative), TestContext.Current.CancellationToken);
        return await Answer.ReadAsync(response);
    }

    /// <summary>The events of a streamed answer; the last one must be [DONE].</summary>
    public async Task<List<JsonElement>> StreamAsync(string body)
    {
        using var request = Request(body, key: null, "application/json");
        using var response = await Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
        Assert.Equal("text/event-stream", response.Content.Headers.ContentType?.MediaType);
        await using var stream = await response.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken);
        List<string> data = [];
        await foreach (var item in SseParser.Create(stream).EnumerateAsync(TestContext.Current.CancellationToken))
        {
            data.Add(item.Data);
        }

        Assert.Equal("[DONE]", data[^1]);
        return [.. data.SkipLast(1).Select(item => JsonDocument.Parse(item).RootElement)];
    }

    /// <summary>A stream of which only the beginning was read: the request is being answered. Disposing of it goes away from it.</summary>
    public async Task<HttpResponseMessage> BeginAsync(string fields = "\"max_tokens\":500,\"temperature\":0")
    {
        using var request = Request(Body($"{fields},\"stream\":true"), key: null, "application/json");
        return await Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
    }

    public static async Task UntilAsync(Func<bool> happened)
    {
        while (!happened())
        {
            await Task.Delay(5, TestContext.Current.CancellationToken);
        }
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await app.StopAsync();
        await app.DisposeAsync();
    }

    private static HttpRequestMessage Request(string body, string? key, string mediaType) => new(HttpMethod.Post, "/v1/chat/completions")
    {
        Content = new StringContent(body, Encoding.UTF8, mediaType),
        Headers = { Authorization = key is null ? null : new AuthenticationHeaderValue("Bearer", key) },
    };
}

/// <summary>What the service answered.</summary>
internal sealed record Answer(int Status, string? RetryAfter, JsonElement Body)
{
    public static async Task<Answer> ReadAsync(HttpResponseMessage response) => new(
        (int)response.StatusCode,
        response.Headers.RetryAfter?.ToString(),
        JsonDocument.Parse(await response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken)).RootElement);

    public JsonElement Choice(int index = 0) => Body.GetProperty("choices")[index];

    public string Content(int index = 0) => Choice(index).GetProperty("message").GetProperty("content").GetString()!;

    public string? FinishReason(int index = 0) => Choice(index).GetProperty("finish_reason").GetString();

    public int Usage(string name) => Body.GetProperty("usage").GetProperty(name).GetInt32();

    public string Fingerprint => Body.GetProperty("system_fingerprint").GetString()!;

    public List<JsonElement> Logprobs(int index = 0) => [.. Choice(index).GetProperty("logprobs").GetProperty("content").EnumerateArray()];

    public void AssertError(int status, string code, string? param = null, string message = "")
    {
        var error = Body.GetProperty("error");
        Assert.Equal((status, code, param), (Status, error.GetProperty("code").GetString(), error.GetProperty("param").GetString()));
        Assert.Contains(message, error.GetProperty("message").GetString(), StringComparison.Ordinal);
        Assert.NotEqual("", error.GetProperty("type").GetString());
    }
}
