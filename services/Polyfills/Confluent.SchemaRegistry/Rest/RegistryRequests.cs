using System.Text.Json;

namespace Confluent.SchemaRegistry.Rest;

/// <summary>The registry's REST API, one method per request.</summary>
internal sealed class RegistryRequests(RestClient rest) : IDisposable
{
    public async Task<Schema> GetByIdAsync(int id, string subject, string format)
    {
        string[] query =
        [
            .. subject == null ? (string[])[] : [$"subject={Uri.EscapeDataString(subject)}"],
            .. format == null ? (string[])[] : [$"format={Uri.EscapeDataString(format)}"],
        ];
        return SchemaJson.Read(await GetAsync($"schemas/ids/{id}{Query(query)}").ConfigureAwait(false));
    }

    public async Task<RegisteredSchema> GetVersionAsync(string subject, int version, bool ignoreDeleted) =>
        SchemaJson.ReadRegistered(
            await GetAsync($"subjects/{Uri.EscapeDataString(subject)}/versions/{version}?deleted={!ignoreDeleted}").ConfigureAwait(false));

    public async Task<RegisteredSchema> GetLatestAsync(string subject) =>
        SchemaJson.ReadRegistered(await GetAsync($"subjects/{Uri.EscapeDataString(subject)}/versions/latest").ConfigureAwait(false));

    public async Task<List<string>> GetSubjectsAsync() =>
        (await GetAsync("subjects").ConfigureAwait(false)).EnumerateArray().Select(name => name.GetString()).ToList();

    public async Task<List<int>> GetVersionsAsync(string subject) =>
        (await GetAsync($"subjects/{Uri.EscapeDataString(subject)}/versions").ConfigureAwait(false))
            .EnumerateArray().Select(version => version.GetInt32()).ToList();

    public async Task<RegisteredSchema> RegisterAsync(string subject, Schema schema, bool normalize) =>
        SchemaJson.ReadRegistered(
            await PostAsync($"subjects/{Uri.EscapeDataString(subject)}/versions?normalize={normalize}", schema).ConfigureAwait(false));

    public async Task<RegisteredSchema> LookupAsync(string subject, Schema schema, bool ignoreDeleted, bool normalize) =>
        SchemaJson.ReadRegistered(
            await PostAsync($"subjects/{Uri.EscapeDataString(subject)}?normalize={normalize}&deleted={!ignoreDeleted}", schema)
                .ConfigureAwait(false));

    public async Task<bool> IsCompatibleAsync(string subject, Schema schema) =>
        (await PostAsync($"compatibility/subjects/{Uri.EscapeDataString(subject)}/versions/latest", schema).ConfigureAwait(false))
            .GetProperty("is_compatible").GetBoolean();

    public async Task<Compatibility> GetCompatibilityAsync(string subject)
    {
        // The registry names the level differently in its two answers.
        var answer = await GetAsync(ConfigPath(subject)).ConfigureAwait(false);
        return SchemaJson.ReadCompatibility(
            answer.TryGetProperty("compatibilityLevel", out var level) ? level : answer.GetProperty("compatibility"));
    }

    public async Task<Compatibility> UpdateCompatibilityAsync(string subject, Compatibility level)
    {
        var body = JsonSerializer.SerializeToUtf8Bytes(
            new Dictionary<string, string> { ["compatibility"] = SchemaJson.CompatibilityName(level) });
        var answer = await rest.SendAsync(HttpMethod.Put, ConfigPath(subject), body).ConfigureAwait(false);
        return SchemaJson.ReadCompatibility(answer.GetProperty("compatibility"));
    }

    public async Task<List<Association>> GetAssociationsAsync(
        string name, string nameSpace, string type, List<string> associationTypes, string lifecycle, int offset, int limit)
    {
        string[] query =
        [
            .. type == null ? (string[])[] : [$"resourceType={Uri.EscapeDataString(type)}"],
            .. (associationTypes ?? []).Select(each => $"associationType={Uri.EscapeDataString(each)}"),
            .. lifecycle == null ? (string[])[] : [$"lifecycle={Uri.EscapeDataString(lifecycle)}"],
            .. offset > 0 ? [$"offset={offset}"] : (string[])[],
            .. limit >= 0 ? [$"limit={limit}"] : (string[])[],
        ];
        var path = $"associations/resources/{Uri.EscapeDataString(nameSpace)}/{Uri.EscapeDataString(name)}{Query(query)}";
        return (await GetAsync(path).ConfigureAwait(false)).EnumerateArray()
            .Select(each => new Association { Subject = each.GetProperty("subject").GetString() }).ToList();
    }

    public void Dispose() => rest.Dispose();

    private static string ConfigPath(string subject) =>
        string.IsNullOrEmpty(subject) ? "config" : $"config/{Uri.EscapeDataString(subject)}";

    private static string Query(string[] parameters) => parameters.Length == 0 ? "" : "?" + string.Join('&', parameters);

    private Task<JsonElement> GetAsync(string path) => rest.SendAsync(HttpMethod.Get, path);

    private Task<JsonElement> PostAsync(string path, Schema schema) => rest.SendAsync(HttpMethod.Post, path, SchemaJson.Write(schema));
}
