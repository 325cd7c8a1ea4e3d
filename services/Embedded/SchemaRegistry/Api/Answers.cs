using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace StreamDistill.Embedded.SchemaRegistry.Api;

/// <summary>Writes answers in the registry's content type.</summary>
internal static class Answers
{
    public const string ContentType = "application/vnd.schemaregistry.v1+json";

    public static async Task WriteAsync(HttpContext context, Action<Utf8JsonWriter> write)
    {
        using var body = new MemoryStream();
        using (var json = new Utf8JsonWriter(body))
        {
            write(json);
        }

        context.Response.ContentType = ContentType;
        context.Response.ContentLength = body.Length;
        body.Position = 0;
        await body.CopyToAsync(context.Response.Body, context.RequestAborted);
    }
}
