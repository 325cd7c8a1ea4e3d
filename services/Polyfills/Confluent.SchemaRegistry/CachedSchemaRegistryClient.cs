using System.Collections.Concurrent;
using Confluent.SchemaRegistry.Rest;

namespace Confluent.SchemaRegistry;

/// <summary>A schema registry client that asks once for what cannot change. Safe for use by several threads.</summary>
public class CachedSchemaRegistryClient : ISchemaRegistryClient
{
    private readonly RegistryRequests requests;
    private readonly int latestTtlMs;
    private readonly ConcurrentDictionary<(int Id, string Format), Task<Schema>> schemaById = new();
    private readonly ConcurrentDictionary<(string Subject, int Version), Task<RegisteredSchema>> schemaByVersion = new();
    private readonly ConcurrentDictionary<(string Subject, Schema Schema), Task<RegisteredSchema>> registered = new();
    private readonly ConcurrentDictionary<string, (RegisteredSchema Schema, long ReadAtMs)> latest = new();

    /// <summary>A client with the settings of a <see cref="SchemaRegistryConfig" />, or the same as plain properties.</summary>
    /// <exception cref="ArgumentException">A setting is missing, unknown or wrong.</exception>
    public CachedSchemaRegistryClient(IEnumerable<KeyValuePair<string, string>> config)
    {
        ArgumentNullException.ThrowIfNull(config);
        Config = config;
        var settings = new ClientSettings(config);
        MaxCachedSchemas = settings.MaxCachedSchemas;
        latestTtlMs = settings.LatestCacheTtlSecs * 1000;
        requests = new RegistryRequests(new RestClient(settings));
    }

    /// <inheritdoc />
    public IEnumerable<KeyValuePair<string, string>> Config { get; }

    /// <inheritdoc />
    public int MaxCachedSchemas { get; }

    /// <inheritdoc />
    public async Task<int> RegisterSchemaAsync(string subject, Schema schema, bool normalize = false) =>
        (await RegisterSchemaWithResponseAsync(subject, schema, normalize).ConfigureAwait(false)).Id;

    /// <inheritdoc />
    public Task<RegisteredSchema> RegisterSchemaWithResponseAsync(string subject, Schema schema, bool normalize = false) =>
        GetOrAddAsync(registered, (subject, schema), () => requests.RegisterAsync(subject, schema, normalize));

    /// <inheritdoc />
    public async Task<int> GetSchemaIdAsync(string subject, Schema schema, bool normalize = false) =>
        (await LookupSchemaAsync(subject, schema, true, normalize).ConfigureAwait(false)).Id;

    /// <inheritdoc />
    public Task<Schema> GetSchemaAsync(int id, string format = null) =>
        GetOrAddAsync(schemaById, (id, format), () => requests.GetByIdAsync(id, subject: null, format));

    /// <inheritdoc />
    public Task<Schema> GetSchemaBySubjectAndIdAsync(string subject, int id, string format = null) =>
        GetOrAddAsync(schemaById, (id, format), () => requests.GetByIdAsync(id, subject ?? "", format));

    /// <inheritdoc />
    public async Task<RegisteredSchema> LookupSchemaAsync(
        string subject, Schema schema, bool ignoreDeletedSchemas, bool normalize = false)
    {
        if (registered.TryGetValue((subject, schema), out var known))
        {
            var found = await known.ConfigureAwait(false);
            if (found.Version > 0)
            {
                return found;
            }

            // An old registry told only the id when the schema was registered.
            registered.TryRemove((subject, schema), out _);
        }

        return await GetOrAddAsync(
            registered, (subject, schema), () => requests.LookupAsync(subject, schema, ignoreDeletedSchemas, normalize)).ConfigureAwait(false);
    }

    /// <inheritdoc />
    public Task<RegisteredSchema> GetRegisteredSchemaAsync(string subject, int version, bool ignoreDeletedSchemas = true) =>
        GetOrAddAsync(schemaByVersion, (subject, version), async () =>
        {
            var schema = await requests.GetVersionAsync(subject, version, ignoreDeletedSchemas).ConfigureAwait(false);
            schemaById.TryAdd((schema.Id, null), Task.FromResult(schema.Schema));
            return schema;
        });

    /// <inheritdoc />
    public async Task<RegisteredSchema> GetLatestSchemaAsync(string subject)
    {
        if (latest.TryGetValue(subject, out var known) && (latestTtlMs <= 0 || Environment.TickCount64 - known.ReadAtMs < latestTtlMs))
        {
            return known.Schema;
        }

        var schema = await requests.GetLatestAsync(subject).ConfigureAwait(false);
        latest[subject] = (schema, Environment.TickCount64);
        return schema;
    }

    /// <inheritdoc />
    public Task<List<string>> GetAllSubjectsAsync() => requests.GetSubjectsAsync();

    /// <inheritdoc />
    public Task<List<int>> GetSubjectVersionsAsync(string subject) => requests.GetVersionsAsync(subject);

    /// <inheritdoc />
    public Task<bool> IsCompatibleAsync(string subject, Schema schema) => requests.IsCompatibleAsync(subject, schema);

    /// <inheritdoc />
    public Task<Compatibility> GetCompatibilityAsync(string subject = null) => requests.GetCompatibilityAsync(subject);

    /// <inheritdoc />
    public Task<Compatibility> UpdateCompatibilityAsync(Compatibility compatibility, string subject = null) =>
        requests.UpdateCompatibilityAsync(subject, compatibility);

    /// <inheritdoc />
    public Task<List<Association>> GetAssociationsByResourceNameAsync(
        string resourceName,
        string resourceNamespace,
        string resourceType,
        List<string> associationTypes,
        string lifecycle,
        int offset,
        int limit) =>
        requests.GetAssociationsAsync(resourceName, resourceNamespace, resourceType, associationTypes, lifecycle, offset, limit);

    /// <inheritdoc />
    public void ClearLatestCaches() => latest.Clear();

    /// <inheritdoc />
    public void ClearCaches()
    {
        ClearSchemas();
        latest.Clear();
    }

    /// <inheritdoc />
    public void Dispose()
    {
        requests.Dispose();
        GC.SuppressFinalize(this);
    }

    private void ClearSchemas()
    {
        schemaById.Clear();
        schemaByVersion.Clear();
        registered.Clear();
    }

    /// <summary>Callers that want the same value at the same time share one request; a failed one is forgotten, so that the next asks again.</summary>
    private async Task<TValue> GetOrAddAsync<TKey, TValue>(
        ConcurrentDictionary<TKey, Task<TValue>> cache, TKey key, Func<Task<TValue>> askAsync)
    {
        while (true)
        {
            if (cache.TryGetValue(key, out var known))
            {
                return await known.ConfigureAwait(false);
            }

            if (schemaById.Count >= MaxCachedSchemas)
            {
                ClearSchemas();
            }

            var answer = new TaskCompletionSource<TValue>(TaskCreationOptions.RunContinuationsAsynchronously);
            if (!cache.TryAdd(key, answer.Task))
            {
                continue;
            }

            try
            {
                answer.SetResult(await askAsync().ConfigureAwait(false));
            }
            catch (Exception e)
            {
                cache.TryRemove(key, out _);
                answer.SetException(e);
            }

            return await answer.Task.ConfigureAwait(false);
        }
    }
}
