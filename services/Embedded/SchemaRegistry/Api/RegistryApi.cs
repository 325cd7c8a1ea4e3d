using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace StreamDistill.Embedded.SchemaRegistry.Api;

/// <summary>
/// Confluent's REST API, https://docs.confluent.io/platform/current/schema-registry/develop/api.html. Left out: contexts,
/// metadata and rule sets, schema GUIDs, associations, exporters.
/// </summary>
internal static class RegistryApi
{
    public static void Map(IEndpointRouteBuilder routes, Registry registry)
    {
        MapSchemas(routes, registry);
        MapSubjects(routes, registry);
        MapCompatibility(routes, registry);
        MapLevels(routes, registry);
        MapModes(routes, registry);
        routes.MapGet("/", context => Answers.WriteAsync(context, json =>
        {
            json.WriteStartObject();
            json.WriteEndObject();
        }));
    }

    private static void MapSchemas(IEndpointRouteBuilder routes, Registry registry)
    {
        routes.MapGet("/schemas/types", context => Answers.WriteTextsAsync(context, ["AVRO"]));
        routes.MapGet("/schemas/ids/{id}", context =>
            Answers.WriteAsync(context, json => Answers.WriteContent(json, registry.WithId(Requests.Id(context))[0].Content)));
        routes.MapGet("/schemas/ids/{id}/schema", context =>
            Answers.WriteSchemaAsync(context, registry.WithId(Requests.Id(context))[0].Content));
        routes.MapGet("/schemas/ids/{id}/subjects", context =>
            Answers.WriteTextsAsync(context, Places(context).Select(version => version.Subject).Distinct()));
        routes.MapGet("/schemas/ids/{id}/versions", context => Answers.WriteAsync(context, json =>
        {
            json.WriteStartArray();
            foreach (var version in Places(context))
            {
                json.WriteStartObject();
                json.WriteString("subject", version.Subject);
                json.WriteNumber("version", version.Version);
                json.WriteEndObject();
            }

            json.WriteEndArray();
        }));

        IEnumerable<SchemaVersion> Places(HttpContext context)
        {
            var withDeleted = Requests.Flag(context, "deleted");
            return registry.WithId(Requests.Id(context)).Where(version => withDeleted || !version.IsDeleted);
        }
    }

    private static void MapSubjects(IEndpointRouteBuilder routes, Registry registry)
    {
        routes.MapGet("/subjects", context => Answers.WriteTextsAsync(
            context, registry.Subjects(context.Request.Query["subjectPrefix"].ToString(), Requests.Flag(context, "deleted"))));
        routes.MapPost("/subjects/{subject}", async context => await Answers.WriteVersionAsync(
            context, registry.Lookup(Requests.Subject(context), await Requests.SchemaAsync(context), Requests.Flag(context, "deleted"))));
        routes.MapDelete("/subjects/{subject}", context => Answers.WriteNumbersAsync(
            context, registry.DeleteSubject(Requests.Subject(context), Requests.Flag(context, "permanent"))));

        const string versions = "/subjects/{subject}/versions";
        routes.MapGet(versions, context => Answers.WriteNumbersAsync(
            context, registry.Versions(Requests.Subject(context), Requests.Flag(context, "deleted")).Select(version => version.Version)));
        routes.MapPost(versions, async context => await Answers.WriteRegisteredAsync(
            context, registry.Register(Requests.Subject(context), await Requests.SchemaAsync(context))));
        routes.MapGet(versions + "/{version}", context => Answers.WriteVersionAsync(context, Version(context)));
        routes.MapGet(versions + "/{version}/schema", context => Answers.WriteSchemaAsync(context, Version(context).Content));
        routes.MapGet(versions + "/{version}/referencedby", context => Answers.WriteNumbersAsync(
            context, registry.ReferencedBy(Requests.Subject(context), Requests.Version(context))));
        routes.MapDelete(versions + "/{version}", context => Answers.WriteAsync(context, json => json.WriteNumberValue(
            registry.DeleteVersion(Requests.Subject(context), Requests.Version(context), Requests.Flag(context, "permanent")))));

        SchemaVersion Version(HttpContext context) =>
            registry.Version(Requests.Subject(context), Requests.Version(context), Requests.Flag(context, "deleted"));
    }

    private static void MapCompatibility(IEndpointRouteBuilder routes, Registry registry)
    {
        const string versions = "/compatibility/subjects/{subject}/versions";
        routes.MapPost(versions, async context => await WriteAsync(
            context, registry.TestAll(Requests.Subject(context), await Requests.SchemaAsync(context))));
        routes.MapPost(versions + "/{version}", async context => await WriteAsync(
            context, registry.TestVersion(Requests.Subject(context), await Requests.SchemaAsync(context), Requests.Version(context))));

        static Task WriteAsync(HttpContext context, IReadOnlyList<string> reasons) => Answers.WriteAsync(context, json =>
        {
            json.WriteStartObject();
            json.WriteBoolean("is_compatible", reasons.Count == 0);
            if (Requests.Flag(context, "verbose"))
            {
                json.WritePropertyName("messages");
                Answers.WriteTexts(json, reasons);
            }

            json.WriteEndObject();
        });
    }

    private static void MapLevels(IEndpointRouteBuilder routes, Registry registry)
    {
        foreach (var path in (string[])["/config", "/config/{subject}"])
        {
            routes.MapGet(path, context => Answers.WriteFieldAsync(
                context, "compatibilityLevel", registry.Level(Requests.Scope(context), Requests.Flag(context, "defaultToGlobal")).Name()));
            routes.MapDelete(path, context => Answers.WriteFieldAsync(
                context, "compatibilityLevel", registry.SetLevel(Requests.Scope(context), null).Name()));
            routes.MapPut(path, async context =>
            {
                var level = LevelNames.Parse(await Requests.FieldAsync(context, "compatibility") ?? throw Errors.InvalidLevel(""));
                registry.SetLevel(Requests.Scope(context), level);
                await Answers.WriteFieldAsync(context, "compatibility", level.Name());
            });
        }
    }

    private static void MapModes(IEndpointRouteBuilder routes, Registry registry)
    {
        foreach (var path in (string[])["/mode", "/mode/{subject}"])
        {
            routes.MapGet(path, context => WriteAsync(
                context, registry.Mode(Requests.Scope(context), Requests.Flag(context, "defaultToGlobal"))));
            routes.MapDelete(path, context => WriteAsync(context, registry.SetMode(Requests.Scope(context), null, force: false)));
            routes.MapPut(path, async context =>
            {
                var name = await Requests.FieldAsync(context, "mode") ?? "";
                var mode = name.ToUpperInvariant() switch
                {
                    "READWRITE" => RegistryMode.ReadWrite,
                    "READONLY" => RegistryMode.ReadOnly,
                    "IMPORT" => RegistryMode.Import,
                    _ => throw Errors.InvalidMode(name),
                };
                registry.SetMode(Requests.Scope(context), mode, Requests.Flag(context, "force"));
                await WriteAsync(context, mode);
            });
        }

        static Task WriteAsync(HttpContext context, RegistryMode mode) =>
            Answers.WriteFieldAsync(context, "mode", mode.ToString().ToUpperInvariant());
    }
}
