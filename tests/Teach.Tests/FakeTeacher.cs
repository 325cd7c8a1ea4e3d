using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace StreamDistill.Teach.Tests;

/// <summary>
/// An OpenAI-compatible endpoint on a free loopback port that answers as a script says. Needs nothing but ASP.NET Core, so
/// that other test projects and benchmarks may compile this file too.
/// </summary>
public sealed class FakeTeacher : IAsyncDisposable
{
    private readonly WebApplication application;
    private readonly Func<FakeCall, FakeReply> script;
    private readonly TimeProvider time;
    private readonly CancellationTokenSource stopping = new();
    private int number;
    private int inFlight;
    private int mostInFlight;

    private FakeTeacher(Func<FakeCall, FakeReply> script, TimeProvider time)
    {
        this.script = script;
        this.time = time;
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        builder.Logging.ClearProviders();
        application = builder.Build();
        application.Run(HandleAsync);
    }

    /// <summary>The base URL, with /v1.</summary>
    public string Url => application.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single() + "/v1";

    /// <summary>Requests so far.</summary>
    public int Calls => Volatile.Read(ref number);

    /// <summary>Requests being answered now, without those that never will be.</summary>
    public int InFlight => Volatile.Read(ref inFlight);

    /// <summary>The most requests that were open at the same time.</summary>
    public int MostInFlight => Volatile.Read(ref mostInFlight);

    /// <summary>Whether the requests are kept; turn it off where there are very many.</summary>
    public bool KeepsCalls { get; init; } = true;

    /// <summary>The requests in the order of arrival.</summary>
    public ConcurrentQueue<FakeCall> Received { get; } = new();

    /// <summary>Starts an endpoint; the script decides each reply. Without one, every choice is "A: 42".</summary>
    public static async Task<FakeTeacher> StartAsync(Func<FakeCall, FakeReply>? script = null, TimeProvider? time = null, bool keepsCalls = true)
    {
        var teacher = new FakeTeacher(script ?? (_ => FakeReply.Answer("A: 42")), time ?? TimeProvider.System) { KeepsCalls = keepsCalls };
        await teacher.application.StartAsync();
        return teacher;
    }

    /// <summary>Drops every connection and frees the port.</summary>
    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        await application.DisposeAsync();
        stopping.Dispose();
    }

    private async Task HandleAsync(HttpContext context)
    {
        using var body = await JsonDocument.ParseAsync(context.Request.Body, cancellationToken: context.RequestAborted);
        var call = new FakeCall(Interlocked.Increment(ref number), context.Request.Path, context.Request.Headers.Authorization, body.RootElement.Clone(), time.GetUtcNow());
        if (KeepsCalls)
        {
            Received.Enqueue(call);
        }

        var reply = script(call);
        using var abort = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, stopping.Token);
        var counted = reply.NeverEnds ? 0 : 1;
        var open = Interlocked.Add(ref inFlight, counted);
        for (var most = MostInFlight; open > most && Interlocked.CompareExchange(ref mostInFlight, open, most) != most; most = MostInFlight)
        {
        }

        try
        {
            await reply.WriteAsync(call, context, abort.Token);
        }
        catch (OperationCanceledException)
        {
            context.Abort();
        }
        finally
        {
            Interlocked.Add(ref inFlight, -counted);
        }
    }
}

/// <summary>A request as the fake teacher got it.</summary>
/// <param name="Number">From 1.</param>
/// <param name="Path">Of the URL.</param>
/// <param name="Authorization">The header.</param>
/// <param name="Body">The chat request.</param>
/// <param name="At">When it came, on the fake teacher's clock.</param>
public sealed record FakeCall(int Number, string Path, string? Authorization, JsonElement Body, DateTimeOffset At)
{
    /// <summary>Choices asked for.</summary>
    public int N => Body.TryGetProperty("n", out var n) ? n.GetInt32() : 1;

    /// <summary>Whether the answer is to be streamed.</summary>
    public bool Stream => Body.TryGetProperty("stream", out var stream) && stream.GetBoolean();
}

/// <summary>What the fake teacher does with a request.</summary>
public sealed record FakeReply
{
    private Func<FakeCall, byte[]> BodyOf { get; init; } = _ => [];

    private int StatusCode { get; init; } = 200;

    private string ContentType { get; init; } = "application/json";

    private IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>();

    private Func<Task> Latency { get; init; } = () => Task.CompletedTask;

    internal bool NeverEnds { get; init; }

    private bool BreaksOff { get; init; }

    private int WriteBytes { get; init; } = int.MaxValue;

    /// <summary>A chat completion whose choices all say this; streamed where that was asked for.</summary>
    /// <param name="content">The message's content.</param>
    /// <param name="choices">How many; default as many as asked for.</param>
    /// <param name="reasoning">The reasoning, if any.</param>
    /// <param name="reasoningField">The field it stands in.</param>
    /// <param name="finishReason">As the endpoint calls it.</param>
    /// <param name="promptTokens">Of the whole call.</param>
    /// <param name="completionTokens">Of each choice.</param>
    /// <param name="edit">Changes the response, or each event of a streamed one, before it is sent.</param>
    public static FakeReply Answer(
        string? content,
        int? choices = null,
        string? reasoning = null,
        string reasoningField = "reasoning_content",
        string? finishReason = "stop",
        int promptTokens = 10,
        int completionTokens = 5,
        Action<JsonObject>? edit = null)
    {
        var answer = new FakeAnswer(content, choices, reasoning, reasoningField, finishReason, promptTokens, completionTokens, edit);
        return new FakeReply { BodyOf = call => call.Stream ? answer.Events(call) : answer.Whole(call), ContentType = "by call" };
    }

    /// <summary>A status with an OpenAI-style error body.</summary>
    public static FakeReply Status(int status, string message = "no", string? code = null, string? retryAfter = null) => new()
    {
        StatusCode = status,
        BodyOf = _ => Encoding.UTF8.GetBytes(new JsonObject { ["error"] = new JsonObject { ["message"] = message, ["code"] = code } }.ToJsonString()),
        Headers = retryAfter is null ? new Dictionary<string, string>() : new Dictionary<string, string> { ["Retry-After"] = retryAfter },
    };

    /// <summary>These bytes.</summary>
    public static FakeReply Raw(byte[] body, string contentType = "application/json", int status = 200) =>
        new() { BodyOf = _ => body, ContentType = contentType, StatusCode = status };

    /// <summary>This text.</summary>
    public static FakeReply Raw(string body, string contentType = "application/json", int status = 200) => Raw(Encoding.UTF8.GetBytes(body), contentType, status);

    /// <summary>A redirect.</summary>
    public static FakeReply Redirect(string location) => new() { StatusCode = 307, Headers = new Dictionary<string, string> { ["Location"] = location } };

    /// <summary>No response at all.</summary>
    public static FakeReply Never() => new() { NeverEnds = true };

    /// <summary>The same, this much later.</summary>
    public FakeReply After(TimeSpan latency) => After(() => Task.Delay(latency));

    /// <summary>The same, once something has happened.</summary>
    public FakeReply After(Func<Task> happened) => this with { Latency = happened };

    /// <summary>The same, but the connection breaks after half of the body.</summary>
    public FakeReply HalfOfIt() => this with { BreaksOff = true };

    /// <summary>The same, in writes of so many bytes.</summary>
    public FakeReply InPieces(int bytes) => this with { WriteBytes = bytes };

    internal async Task WriteAsync(FakeCall call, HttpContext context, CancellationToken cancellationToken)
    {
        await Latency().WaitAsync(cancellationToken);
        if (NeverEnds)
        {
            await Task.Delay(Timeout.Infinite, cancellationToken);
        }

        var body = BodyOf(call);
        context.Response.StatusCode = StatusCode;
        context.Response.ContentType = ContentType != "by call" ? ContentType : call.Stream ? "text/event-stream" : "application/json";
        foreach (var (name, value) in Headers)
        {
            context.Response.Headers[name] = value;
        }

        context.Response.ContentLength = body.Length;
        var length = BreaksOff ? body.Length / 2 : body.Length;
        for (var start = 0; start < length; start += Math.Min(WriteBytes, length))
        {
            await context.Response.Body.WriteAsync(body.AsMemory(start, Math.Min(WriteBytes, length - start)), cancellationToken);
            if (WriteBytes < length)
            {
                await context.Response.Body.FlushAsync(cancellationToken);
            }
        }

        // Fewer bytes than the Content-Length says: the server closes the connection.
        await context.Response.Body.FlushAsync(cancellationToken);
    }
}

/// <summary>Writes chat completions, whole or as events.</summary>
internal sealed record FakeAnswer(
    string? Content, int? Choices, string? Reasoning, string ReasoningField, string? FinishReason, int PromptTokens, int CompletionTokens, Action<JsonObject>? Edit)
{
    public byte[] Whole(FakeCall call)
    {
        var response = Envelope(call, "chat.completion");
        response["choices"] = new JsonArray([.. Enumerable.Range(0, Count(call)).Select(index => (JsonNode)new JsonObject
        {
            ["index"] = index,
            ["message"] = Message(Content, Reasoning),
            ["finish_reason"] = FinishReason,
        })]);
        response["usage"] = Usage(call);
        return Write(response);
    }

    public byte[] Events(FakeCall call)
    {
        var events = new StringBuilder(": keep-alive\n\n");
        foreach (var index in Enumerable.Range(0, Count(call)))
        {
            Append(events, call, index, Message("", null), null);
            foreach (var piece in (Reasoning ?? "").Chunk(3))
            {
                Append(events, call, index, Message(null, new string(piece)), null);
            }

            foreach (var piece in (Content ?? "").Chunk(3))
            {
                Append(events, call, index, Message(new string(piece), null), null);
            }

            events.Append(": keep-alive\r\n\r\n");
            Append(events, call, index, [], FinishReason);
        }

        var last = Envelope(call, "chat.completion.chunk");
        last["choices"] = new JsonArray();
        last["usage"] = Usage(call);
        events.Append(CultureInfo.InvariantCulture, $"data: {Encoding.UTF8.GetString(Write(last))}\n\ndata: [DONE]\n\n");
        return Encoding.UTF8.GetBytes(events.ToString());
    }

    private int Count(FakeCall call) => Choices ?? call.N;

    private void Append(StringBuilder events, FakeCall call, int index, JsonObject delta, string? finishReason)
    {
        var chunk = Envelope(call, "chat.completion.chunk");
        chunk["choices"] = new JsonArray(new JsonObject { ["index"] = index, ["delta"] = delta, ["finish_reason"] = finishReason });
        events.Append(CultureInfo.InvariantCulture, $"data: {Encoding.UTF8.GetString(Write(chunk))}\n\n");
    }

    private JsonObject Message(string? content, string? reasoning)
    {
        var message = new JsonObject { ["role"] = "assistant", ["content"] = content };
        if (reasoning is not null)
        {
            message[ReasoningField] = reasoning;
        }

        return message;
    }

    private JsonObject Usage(FakeCall call) => new()
    {
        ["prompt_tokens"] = PromptTokens,
        ["completion_tokens"] = CompletionTokens * Count(call),
        ["total_tokens"] = PromptTokens + (CompletionTokens * Count(call)),
    };

    private static JsonObject Envelope(FakeCall call, string kind) => new()
    {
        ["id"] = $"chatcmpl-{call.Number}",
        ["object"] = kind,
        ["created"] = 1,
        ["model"] = call.Body.GetProperty("model").GetString(),
    };

    private byte[] Write(JsonObject response)
    {
        Edit?.Invoke(response);
        return JsonSerializer.SerializeToUtf8Bytes(response);
    }
}
