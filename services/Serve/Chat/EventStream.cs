using System.Buffers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace StreamDistill.Serve;

/// <summary>Server-sent events (WHATWG HTML, 9.2): one line of data each, and OpenAI's [DONE] as the last.</summary>
internal sealed class EventStream
{
    private readonly HttpContext context;

    /// <param name="context">Whose response it is; nothing may be written yet.</param>
    public EventStream(HttpContext context)
    {
        this.context = context;
        context.Response.ContentType = "text/event-stream";
        context.Response.Headers.CacheControl = "no-cache";
    }

    /// <summary>Sends a value at once.</summary>
    public Task WriteAsync<T>(T value, JsonTypeInfo<T> type) => WriteAsync(JsonSerializer.SerializeToUtf8Bytes(value, type));

    /// <summary>Says that the stream is complete.</summary>
    public Task EndAsync() => WriteAsync("[DONE]"u8);

    private Task WriteAsync(ReadOnlySpan<byte> data)
    {
        var body = context.Response.BodyWriter;
        body.Write("data: "u8);
        body.Write(data);
        body.Write("\n\n"u8);
        return body.FlushAsync(context.RequestAborted).AsTask();
    }
}
