using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using StreamDistill.Embedded.SchemaRegistry.Schemas;

namespace StreamDistill.Embedded.SchemaRegistry.Api;

/// <summary>Reads what a request says, and refuses what the registry would have to ignore.</summary>
internal static class Requests
{
    private static readonly string[] ContentTypes =
    [
        "application/vnd.schemaregistry.v1+json", "application/vnd.schemaregistry+json", "application/json", "application/octet-stream",
    ];

    /// <summary>The subject in the path.</summary>
    public static string Subject(HttpContext context)
    {
        // The server decodes the path except for slashes, which would part it.
        var subject = ((string)context.Request.RouteValues["subject"]!).Replace("%2F", "/", StringComparison.OrdinalIgnoreCase);
        return subject.Any(char.IsControl) || string.IsNullOrWhiteSpace(subject) ? throw Errors.InvalidSubject(subject) : subject;
    }

    /// <summary>The subject in the path, or all subjects where there is none.</summary>
    public static string Scope(HttpContext context) =>
        context.Request.RouteValues.ContainsKey("subject") ? Subject(context) : SubjectStore.AllSubjects;

    /// <summary>The version in the path; null for the latest.</summary>
    public static int? Version(HttpContext context)
    {
        var text = (string)context.Request.RouteValues["version"]!;
        return text is "latest" or "-1" ? null
            : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var version) && version > 0 ? version
            : throw Errors.InvalidVersion(text);
    }

    /// <summary>The schema id in the path.</summary>
    public static int Id(HttpContext context) =>
        int.TryParse((string)context.Request.RouteValues["id"]!, NumberStyles.None, CultureInfo.InvariantCulture, out var id)
            ? id
            : throw new RegistryException(404, $"'{context.Request.RouteValues["id"]}' is not a schema id.");

    /// <summary>A flag in the query; false where it is not there.</summary>
    public static bool Flag(HttpContext context, string name) => bool.TryParse(context.Request.Query[name], out var flag) && flag;

    /// <summary>The part of a list that the query wants: <c>offset</c>, 0 by default, and <c>limit</c>, all by default.</summary>
    public static IEnumerable<T> Page<T>(HttpContext context, IEnumerable<T> all)
    {
        var limit = Number(context, "limit", -1);
        return all.Skip(Number(context, "offset", 0)).Take(limit < 0 ? int.MaxValue : limit);
    }

    /// <summary>Whether the query wants the types of the references within the schema.</summary>
    public static bool WantsResolved(HttpContext context) => context.Request.Query["format"].ToString() switch
    {
        "" or "default" => false,
        "resolved" => true,
        var other => throw new RegistryException(422, $"The format '{other}' is not supported here; allowed are default and resolved."),
    };

    /// <summary>The schema in the body.</summary>
    public static async Task<SchemaRequest> SchemaAsync(HttpContext context)
    {
        var body = await BodyAsync(context);
        RefuseOthers(body, "schema", "schemaType", "references", "id", "version", "subject");
        var type = Text(body, "schemaType") ?? "AVRO";
        if (type != "AVRO")
        {
            throw Errors.InvalidSchema($"the schema type '{type}' is not supported here, only AVRO.");
        }

        var text = Text(body, "schema");
        var version = Number(body, "version");
        return new SchemaRequest(
            string.IsNullOrWhiteSpace(text) ? throw Errors.InvalidSchema("the field 'schema' is empty.") : text,
            References(body),
            Number(body, "id") is { } id and not -1 ? id >= 0 ? id : throw Errors.InvalidSchema($"the id {id} is negative.") : null,
            version is null or -1 ? null : version > 0 ? version : throw Errors.InvalidVersion(version.Value.ToString(CultureInfo.InvariantCulture)));
    }

    /// <summary>The text of the body's only field; null where it is not there.</summary>
    public static async Task<string?> FieldAsync(HttpContext context, string name)
    {
        var body = await BodyAsync(context);
        RefuseOthers(body, name);
        return Text(body, name);
    }

    private static int Number(HttpContext context, string name, int otherwise)
    {
        var text = context.Request.Query[name].ToString();
        return text.Length == 0 ? otherwise
            : int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number
            : throw new RegistryException(400, $"The parameter '{name}' is '{text}', not a 32-bit integer.");
    }

    private static async Task<JsonElement> BodyAsync(HttpContext context)
    {
        var type = context.Request.ContentType?.Split(';')[0].Trim();
        if (!string.IsNullOrEmpty(type) && !ContentTypes.Contains(type, StringComparer.OrdinalIgnoreCase))
        {
            throw new RegistryException(415, $"The content type '{type}' is not supported; allowed are {string.Join(", ", ContentTypes)}.");
        }

        using var document = await JsonDocument.ParseAsync(context.Request.Body, default, context.RequestAborted);
        return document.RootElement.ValueKind != JsonValueKind.Object
                ? throw new RegistryException(400, $"The request's body is to be a JSON object, not {document.RootElement.ValueKind}.")
            : !JsonText.IsUnicode(document.RootElement)
                ? throw new RegistryException(400, "The request's body has characters that are not valid Unicode.")
            : document.RootElement.Clone();
    }

    private static List<Reference> References(JsonElement body)
    {
        if (!body.TryGetProperty("references", out var references) || references.ValueKind == JsonValueKind.Null)
        {
            return [];
        }

        if (references.ValueKind != JsonValueKind.Array || references.EnumerateArray().Any(each => each.ValueKind != JsonValueKind.Object))
        {
            throw Errors.InvalidSchema("the field 'references' is to be an array of objects.");
        }

        return references.EnumerateArray().Select(each => new Reference(
            Text(each, "name") ?? throw Errors.InvalidSchema("a reference has no 'name'."),
            Text(each, "subject") ?? throw Errors.InvalidSchema("a reference has no 'subject'."),
            Number(each, "version") ?? throw Errors.InvalidSchema("a reference has no 'version'."))).ToList();
    }

    /// <summary>Clients send fields that they do not use as null.</summary>
    private static void RefuseOthers(JsonElement body, params ReadOnlySpan<string> known)
    {
        foreach (var property in body.EnumerateObject())
        {
            if (property.Value.ValueKind != JsonValueKind.Null && !known.Contains(property.Name))
            {
                throw new RegistryException(422, $"The field '{property.Name}' is not supported here; known are {string.Join(", ", known.ToArray())}.");
            }
        }
    }

    private static string? Text(JsonElement json, string name) =>
        !json.TryGetProperty(name, out var value) || value.ValueKind == JsonValueKind.Null ? null
        : value.ValueKind == JsonValueKind.String ? value.GetString()
        : throw NotA("string", name);

    private static int? Number(JsonElement json, string name) =>
        !json.TryGetProperty(name, out var value) || value.ValueKind == JsonValueKind.Null ? null
        : value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number) ? number
        : throw NotA("32-bit integer", name);

    private static RegistryException NotA(string type, string name) => new(400, $"The field '{name}' is not a {type}.");
}
