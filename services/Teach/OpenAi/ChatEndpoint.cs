using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Http.Headers;
using System.Net.ServerSentEvents;
using System.Text.Json;
using streamdistill;

namespace StreamDistill.Teach.OpenAi;

/// <summary>One HTTP request to an OpenAI-compatible endpoint: no retries, no limits, no state.</summary>
internal sealed class ChatEndpoint : IDisposable
{
    private const int ErrorBodyBytesMax = 64 << 10;

    private readonly HttpClient http;
    private readonly Uri url;
    private readonly string? key;
    private readonly TeachOptions options;
    private readonly TimeProvider time;

    /// <param name="options">Which endpoint, which model, how large a response may be.</param>
    /// <param name="key">The endpoint's key; null calls it without one.</param>
    /// <param name="time">Measures latencies.</param>
    public ChatEndpoint(TeachOptions options, string? key, TimeProvider time)
    {
        this.options = options;
        this.key = key;
        this.time = time;
        url = new Uri(options.Teacher.TrimEnd('/') + "/chat/completions");
        http = new HttpClient(new SocketsHttpHandler
        {
            // A redirect would take the key to a place nobody configured.
            AllowAutoRedirect = false,
            AutomaticDecompression = DecompressionMethods.All,
            ConnectTimeout = TimeSpan.FromSeconds(15),
            PooledConnectionLifetime = TimeSpan.FromMinutes(10),
            UseCookies = false,
        })
        { Timeout = Timeout.InfiniteTimeSpan };
        if (key is not null)
        {
            http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        }
    }

    /// <summary>Where requests go, for spans.</summary>
    public Uri Url => url;

    /// <summary>Sends the call once. Throws <see cref="TeacherCallException"/> for whatever the endpoint does wrong.</summary>
    public async Task<ChatAnswer> SendAsync(ChatCall call, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        using var request = new HttpRequestMessage(HttpMethod.Post, url) { Content = ContentOf(call) };
        using var response = await SendAsync(request, cancellationToken);
        try
        {
            await using var body = new LimitedStream(await response.Content.ReadAsStreamAsync(cancellationToken), options.MaxResponseBytes);
            if (!response.IsSuccessStatusCode)
            {
                throw await RefusalOfAsync(response, cancellationToken);
            }

            var reader = new ChatReader(call.Count, call.Prompt.Sampling.TopLogprobs > 0, () => time.GetElapsedTime(started));
            if (response.Content.Headers.ContentType?.MediaType == "text/event-stream")
            {
                await ReadEventsAsync(body, reader, cancellationToken);
            }
            else
            {
                reader.Add(await JsonSerializer.DeserializeAsync(body, ChatJson.Default.ChatResponse, cancellationToken));
            }

            return reader.Finish();
        }
        catch (TeacherReportedException e)
        {
            throw FailureOf(e.Status, e.Code, e.Message, retryAfter: null);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw new TeacherCallException(ErrorCodes.BadResponse, $"the response is not a chat completion: {Tidy(e.Message)}", isTransient: true, e)
            { MayBeBilled = true };
        }
        catch (Exception e) when (e is IOException or InvalidDataException or HttpRequestException)
        {
            throw new TeacherCallException(ErrorCodes.BadResponse, $"the response broke off: {Tidy(e.Message)}", isTransient: true, e)
            { MayBeBilled = true };
        }
    }

    /// <summary>Closes the connections.</summary>
    public void Dispose() => http.Dispose();

    private async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        try
        {
            return await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        }
        catch (HttpRequestException e)
        {
            var wasSent = e.HttpRequestError is not (HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError or HttpRequestError.SecureConnectionError);
            throw new TeacherCallException(ErrorCodes.Unavailable, $"{url} did not answer: {Tidy(e.Message)}", isTransient: true, e) { MayBeBilled = wasSent };
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new TeacherCallException(ErrorCodes.Unavailable, $"{url} could not be connected to in time", isTransient: true, e);
        }
    }

    private ByteArrayContent ContentOf(ChatCall call)
    {
        var sampling = call.Prompt.Sampling;
        var body = JsonSerializer.SerializeToUtf8Bytes(
            new ChatRequest
            {
                Model = options.Model!,
                Messages = [.. call.Prompt.Messages.Select(message => new ChatTurn(message.Role, message.Content))],
                N = call.Count > 1 ? call.Count : null,
                Temperature = sampling.Temperature,
                TopP = sampling.TopP,
                MaxTokens = sampling.MaxTokens,
                Seed = call.Seed,
                Logprobs = sampling.TopLogprobs > 0 ? true : null,
                TopLogprobs = sampling.TopLogprobs > 0 ? sampling.TopLogprobs : null,
                Stream = options.Stream ? true : null,
                StreamOptions = options.Stream ? new ChatStreamOptions(IncludeUsage: true) : null,
            },
            ChatJson.Default.ChatRequest);
        return new ByteArrayContent(body) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };
    }

    private static async Task ReadEventsAsync(Stream body, ChatReader reader, CancellationToken cancellationToken)
    {
        var events = SseParser.Create(body, static (_, data) =>
            data.SequenceEqual("[DONE]"u8) ? null : JsonSerializer.Deserialize(data, ChatJson.Default.ChatResponse));
        await foreach (var item in events.EnumerateAsync(cancellationToken))
        {
            if (item.Data is null)
            {
                reader.Done();
                return;
            }

            reader.Add(item.Data);
        }
    }

    private async Task<TeacherCallException> RefusalOfAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var status = (int)response.StatusCode;
        if (status is >= 300 and < 400)
        {
            return FailureOf(status, null, $"redirects to {response.Headers.Location}; configure that address instead", null);
        }

        // What the body says is only a help: a status stands without it.
        var text = await ReadErrorTextAsync(response, cancellationToken);
        var (code, message) = TryParseError(text, out var error) ? (error.Code, error.Message) : (null, text);
        return FailureOf(status, code, message, RetryAfterOf(response));
    }

    private static async Task<string> ReadErrorTextAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var buffer = new byte[ErrorBodyBytesMax];
        try
        {
            await using var body = await response.Content.ReadAsStreamAsync(cancellationToken);
            return System.Text.Encoding.UTF8.GetString(buffer, 0, await body.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellationToken));
        }
        catch (Exception e) when (e is IOException or InvalidDataException or HttpRequestException)
        {
            return $"(its body broke off: {e.Message})";
        }
    }

    private static bool TryParseError(string text, [NotNullWhen(true)] out TeacherReportedException? error)
    {
        try
        {
            error = JsonSerializer.Deserialize(text, ChatJson.Default.ChatResponse) is { Error: { } element } ? TeacherReportedException.Of(element) : null;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            error = null;
        }

        return error is not null;
    }

    private TeacherCallException FailureOf(int? status, string? errorCode, string message, TimeSpan? retryAfter)
    {
        var (code, transient) = (status, errorCode) switch
        {
            (429, "insufficient_quota") => (ErrorCodes.Refused, false),
            (429, _) => (ErrorCodes.RateLimited, true),
            (408, _) => (ErrorCodes.Timeout, true),
            ( >= 500, _) => (ErrorCodes.Unavailable, true),
            ( >= 300, _) => (ErrorCodes.Refused, false),
            _ => (ErrorCodes.BadResponse, true),
        };
        return new TeacherCallException(code, $"{url} answered {status?.ToString() ?? "an error"}: {Tidy(message)}", transient)
        { Status = status, RetryAfter = retryAfter };
    }

    private TimeSpan? RetryAfterOf(HttpResponseMessage response)
    {
        var after = response.Headers.RetryAfter;
        var delay = after?.Delta ?? (after?.Date - time.GetUtcNow());
        return delay > TimeSpan.Zero ? delay : null;
    }

    /// <summary>At most one line of the endpoint's words, without the key, which some endpoints repeat.</summary>
    private string Tidy(string message)
    {
        var line = message.ReplaceLineEndings(" ").Replace('\0', ' ').Trim();
        line = key is null ? line : line.Replace(key, "***", StringComparison.Ordinal);
        return line.Length <= 500 ? line : line[..500] + "…";
    }
}
