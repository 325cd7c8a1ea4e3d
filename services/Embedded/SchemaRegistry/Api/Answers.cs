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
    public static Task WriteSchemaAsync(HttpContext context, string text) => WriteBytesAsync(context, Encoding.UTF8.GetBytes(text));

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

    /// <param name="context">The request.</param>
    /// <param name="version">The version.</param>
    /// <param name="text">Its schema, where the client wants it in another form.</param>
    public static Task WriteVersionAsync(HttpContext context, SchemaVersion version, string? text = null) =>
        WriteAsync(context, json => WriteVersion(json, version, TakesMore(context), text));

    /// <summary>Versions in an array.</summary>
    public static Task WriteVersionsAsync(HttpContext context, IEnumerable<SchemaVersion> versions) => WriteAsync(context, json =>
    {
        json.WriteStartArray();
        foreach (var version in versions)
        {
            WriteVersion(json, version, TakesMore(context), text: null);
        }

        json.WriteEndArray();
    });

    /// <summary>A newly registered version: only its id, which is all that older clients take, unless the client says that it takes more.</summary>
    public static Task WriteRegisteredAsync(HttpContext context, SchemaVersion version) =>
        TakesMore(context)
            ? WriteVersionAsync(context, version)
            : WriteAsync(context, json =>
            {
                json.WriteStartObject();
                json.WriteNumber("id", version.Id);
                json.WriteEndObject();
            });

    /// <summary>A schema by itself.</summary>
    /// <param name="context">The request.</param>
    /// <param name="content">The schema.</param>
    /// <param name="text">It, where the client wants it in another form.</param>
    /// <param name="maxId">The highest id that there is, where the client wants to know.</param>
    public static Task WriteContentAsync(HttpContext context, SchemaContent content, string? text, int? maxId = null) => WriteAsync(context, json =>
    {
        json.WriteStartObject();
        WriteContentFields(json, content, text);
        if (maxId is { } highest)
        {
            json.WriteNumber("maxId", highest);
        }

        json.WriteEndObject();
    });

    public static void WriteTexts(Utf8JsonWriter json, IEnumerable<string> texts)
    {
        json.WriteStartArray();
        foreach (var text in texts)
        {
            json.WriteStringValue(text);
        }

        json.WriteEndArray();
    }

    /// <summary>Newer fields are for clients that ignore what they do not know.</summary>
    private static bool TakesMore(HttpContext context) =>
        bool.TryParse(context.Request.Headers["Confluent-Accept-Unknown-Properties"], out var takesMore) && takesMore;

    private static void WriteVersion(Utf8JsonWriter json, SchemaVersion version, bool withGuid, string? text)
    {
        json.WriteStartObject();
        json.WriteString("subject", version.Subject);
        json.WriteNumber("version", version.Version);
        json.WriteNumber("id", version.Id);
        if (withGuid)
        {
            json.WriteString("guid", version.Content.Guid);
        }

        WriteContentFields(json, version.Content, text);
        json.WriteEndObject();
    }

    /// <summary>A schema in another form has its references within.</summary>
    private static void WriteContentFields(Utf8JsonWriter json, SchemaContent content, string? text)
    {
        json.WriteString("schema", text ?? content.Text);
        if (text is null && content.References.Count > 0)
        {
            WriteReferences(json, content.References);
        }
    }

    public static void WriteReferences(Utf8JsonWriter json, IReadOnlyList<Reference> references)
    {
        json.WriteStartArray("references");
        foreach (var reference in references)
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
