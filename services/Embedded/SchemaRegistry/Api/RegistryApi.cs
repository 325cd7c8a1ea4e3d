using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace StreamDistill.Embedded.SchemaRegistry.Api;

/// <summary>
/// Confluent's REST API, https://docs.confluent.io/platform/current/schema-registry/develop/api.html. Left out:
/// other contexts than the one without a name, metadata and rule sets, associations, exporters.
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
        routes.MapGet("/contexts", context => Answers.WriteTextsAsync(context, ["."]));
        routes.MapGet("/schemas", context => Answers.WriteVersionsAsync(context, Requests.Page(context, registry.All(
            context.Request.Query["subjectPrefix"].ToString(), Requests.Flag(context, "deleted"), Requests.Flag(context, "latestOnly")))));
        routes.MapGet("/schemas/ids/{id}", context =>
        {
            var content = registry.WithId(Requests.Id(context))[0].Content;
            return Answers.WriteContentAsync(context, content, Resolved(context, registry, content), Requests.Flag(context, "fetchMaxId") ? registry.MaxId : null);
        });
        routes.MapGet("/schemas/ids/{id}/schema", context =>
        {
            var content = registry.WithId(Requests.Id(context))[0].Content;
            return Answers.WriteSchemaAsync(context, Resolved(context, registry, content) ?? content.Text);
        });
        routes.MapGet("/schemas/guids/{guid}", context =>
        {
            var content = registry.WithGuid((string)context.Request.RouteValues["guid"]!).Content;
            return Answers.WriteContentAsync(context, content, Resolved(context, registry, content));
        });
        routes.MapGet("/schemas/guids/{guid}/ids", context => Answers.WriteAsync(context, json =>
        {
            json.WriteStartArray();
            foreach (var id in registry.WithGuid((string)context.Request.RouteValues["guid"]!).Ids)
            {
                json.WriteStartObject();
                json.WriteString("context", ".");
                json.WriteNumber("id", id);
                json.WriteEndObject();
            }

            json.WriteEndArray();
        }));
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
        routes.MapGet("/subjects", context =>
        {
            var prefix = context.Request.Query["subjectPrefix"].ToString();
            var deletedOnly = Requests.Flag(context, "deletedOnly");
            var found = registry.Subjects(prefix, deletedOnly || Requests.Flag(context, "deleted"));
            return Answers.WriteTextsAsync(context, Requests.Page(context, deletedOnly ? found.Except(registry.Subjects(prefix, withDeleted: false)) : found));
        });
        routes.MapPost("/subjects/{subject}", async context => await Answers.WriteVersionAsync(
            context, registry.Lookup(Requests.Subject(context), await Requests.SchemaAsync(context), Requests.Flag(context, "deleted"))));
        routes.MapDelete("/subjects/{subject}", async context => await Answers.WriteNumbersAsync(
            context, await registry.DeleteSubjectAsync(Requests.Subject(context), Requests.Flag(context, "permanent"), context.RequestAborted)));

        const string versions = "/subjects/{subject}/versions";
        routes.MapGet(versions, context => Answers.WriteNumbersAsync(
            context, Requests.Page(context, registry.Versions(Requests.Subject(context), Requests.Flag(context, "deleted")).Select(version => version.Version))));
        routes.MapPost(versions, async context => await Answers.WriteRegisteredAsync(
            context, await registry.RegisterAsync(Requests.Subject(context), await Requests.SchemaAsync(context), context.RequestAborted)));
        routes.MapGet(versions + "/{version}", context =>
        {
            var version = Version(context);
            return Answers.WriteVersionAsync(context, version, Resolved(context, registry, version.Content));
        });
        routes.MapGet(versions + "/{version}/schema", context =>
        {
            var content = Version(context).Content;
            return Answers.WriteSchemaAsync(context, Resolved(context, registry, content) ?? content.Text);
        });
        routes.MapGet(versions + "/{version}/referencedby", context => Answers.WriteNumbersAsync(
            context, registry.ReferencedBy(Requests.Subject(context), Requests.Version(context))));
        routes.MapDelete(versions + "/{version}", async context =>
        {
            var deleted = await registry.DeleteVersionAsync(
                Requests.Subject(context), Requests.Version(context), Requests.Flag(context, "permanent"), context.RequestAborted);
            await Answers.WriteAsync(context, json => json.WriteNumberValue(deleted));
        });

        SchemaVersion Version(HttpContext context) =>
            registry.Version(Requests.Subject(context), Requests.Version(context), Requests.Flag(context, "deleted"));
    }

    private static string? Resolved(HttpContext context, Registry registry, SchemaContent content) =>
        Requests.WantsResolved(context) ? registry.Resolved(content) : null;

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
            routes.MapDelete(path, async context => await Answers.WriteFieldAsync(
                context, "compatibilityLevel", (await registry.SetLevelAsync(Requests.Scope(context), null, context.RequestAborted)).Name()));
            routes.MapPut(path, async context =>
            {
                var level = LevelNames.Parse(await Requests.FieldAsync(context, "compatibility") ?? throw Errors.InvalidLevel(""));
                await registry.SetLevelAsync(Requests.Scope(context), level, context.RequestAborted);
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
            routes.MapDelete(path, async context => await WriteAsync(
                context, await registry.SetModeAsync(Requests.Scope(context), null, force: false, context.RequestAborted)));
            routes.MapPut(path, async context =>
            {
                var name = await Requests.FieldAsync(context, "mode") ?? "";
                var mode = ModeNames.Parse(name);
                await registry.SetModeAsync(Requests.Scope(context), mode, Requests.Flag(context, "force"), context.RequestAborted);
                await WriteAsync(context, mode);
            });
        }

        static Task WriteAsync(HttpContext context, RegistryMode mode) =>
            Answers.WriteFieldAsync(context, "mode", mode.Name());
    }
}
