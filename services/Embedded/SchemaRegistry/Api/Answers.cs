using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace StreamDistill.Embedded.SchemaRegistry.Api;

/// <summary>Writes answers in the registry's content type.</summary>
internal static class Answers
{
    private const string ContentType = "application/vnd.schemaregistry.v1+json";

    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static Task WriteAsync(HttpContext context, Action<Utf8JsonWriter> write)
    {
        using var body = new MemoryStream();
        using (var json = new Utf8JsonWriter(body, Options))
        {
            write(json);
        }

        return WriteBytesAsync(context, body.ToArray());
    }

    /// <summary>A schema as it is, not as a string within JSON.</summary>
    public static Task WriteSchemaAsync(HttpContext context, SchemaContent content) =>
        WriteBytesAsync(context, Encoding.UTF8.GetBytes(content.Text));

    public static Task WriteTextsAsync(HttpContext context, IEnumerable<string> texts) => WriteAsync(context, json => WriteTexts(json, texts));

    public static Task WriteNumbersAsync(HttpContext context, IEnumerable<int> numbers) => WriteAsync(context, json =>
    {
        json.WriteStartArray();
        foreach (var number in numbers)
        {
            json.WriteNumberValue(number);
        }

        json.WriteEndArray();
    });

    public static Task WriteFieldAsync(HttpContext context, string name, string value) => WriteAsync(context, json =>
    {
        json.WriteStartObject();
        json.WriteString(name, value);
        json.WriteEndObject();
    });

    public static Task WriteVersionAsync(HttpContext context, SchemaVersion version) => WriteAsync(context, json =>
    {
        json.WriteStartObject();
        json.WriteString("subject", version.Subject);
        json.WriteNumber("version", version.Version);
        json.WriteNumber("id", version.Id);
        WriteContentFields(json, version.Content);
        json.WriteEndObject();
    });

    /// <summary>A newly registered version: only its id, which is all that older clients take, unless the client says that it takes more.</summary>
    public static Task WriteRegisteredAsync(HttpContext context, SchemaVersion version) =>
        bool.TryParse(context.Request.Headers["Confluent-Accept-Unknown-Properties"], out var takesMore) && takesMore
            ? WriteVersionAsync(context, version)
            : WriteAsync(context, json =>
            {
                json.WriteStartObject();
                json.WriteNumber("id", version.Id);
                json.WriteEndObject();
            });

    public static void WriteContent(Utf8JsonWriter json, SchemaContent content)
    {
        json.WriteStartObject();
        WriteContentFields(json, content);
        json.WriteEndObject();
    }

    public static void WriteTexts(Utf8JsonWriter json, IEnumerable<string> texts)
    {
        json.WriteStartArray();
        foreach (var text in texts)
        {
            json.WriteStringValue(text);
        }

        json.WriteEndArray();
    }

    private static void WriteContentFields(Utf8JsonWriter json, SchemaContent content)
    {
        json.WriteString("schema", content.Text);
        if (content.References.Count == 0)
        {
            return;
        }

        json.WriteStartArray("references");
        foreach (var reference in content.References)
        {
            json.WriteStartObject();
            json.WriteString("name", reference.Name);
            json.WriteString("subject", reference.Subject);
            json.WriteNumber("version", reference.Version);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static async Task WriteBytesAsync(HttpContext context, byte[] body)
    {
        context.Response.ContentType = ContentType;
        context.Response.ContentLength = body.Length;
        await context.Response.Body.WriteAsync(body, context.RequestAborted);
    }
}
