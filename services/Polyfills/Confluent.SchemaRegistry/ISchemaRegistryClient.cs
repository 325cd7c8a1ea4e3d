namespace Confluent.SchemaRegistry;

/// <summary>
/// A client of a schema registry. A method fails with <see cref="SchemaRegistryException" /> when the registry refuses the
/// request, and with <see cref="HttpRequestException" /> when no registry could be reached or none recovered within the retries.
/// </summary>
public interface ISchemaRegistryClient : IDisposable
{
    /// <summary>The settings it was made with.</summary>
    IEnumerable<KeyValuePair<string, string>> Config { get; }

    /// <summary>Schemas it caches at most.</summary>
    int MaxCachedSchemas { get; }

    /// <summary>Registers a schema under a subject, or finds it there. Cached.</summary>
    /// <returns>The schema's id.</returns>
    Task<int> RegisterSchemaAsync(string subject, Schema schema, bool normalize = false);

    /// <summary>Registers a schema under a subject, or finds it there. Cached.</summary>
    /// <returns>The registered schema; an old registry tells only its id.</returns>
    Task<RegisteredSchema> RegisterSchemaWithResponseAsync(string subject, Schema schema, bool normalize = false);

    /// <summary>The id of a schema registered under a subject. Cached.</summary>
    Task<int> GetSchemaIdAsync(string subject, Schema schema, bool normalize = false);

    /// <summary>The schema with an id. Cached.</summary>
    Task<Schema> GetSchemaAsync(int id, string format = null);

    /// <summary>The schema with an id, looked for in the context of a subject. Cached.</summary>
    Task<Schema> GetSchemaBySubjectAndIdAsync(string subject, int id, string format = null);

    /// <summary>Finds a schema under a subject. Cached.</summary>
    Task<RegisteredSchema> LookupSchemaAsync(string subject, Schema schema, bool ignoreDeletedSchemas, bool normalize = false);

    /// <summary>A version of a subject. Cached.</summary>
    Task<RegisteredSchema> GetRegisteredSchemaAsync(string subject, int version, bool ignoreDeletedSchemas = true);

    /// <summary>The latest version of a subject. Cached for <see cref="SchemaRegistryConfig.LatestCacheTtlSecs" />.</summary>
    Task<RegisteredSchema> GetLatestSchemaAsync(string subject);

    /// <summary>Every subject's name. Not cached.</summary>
    Task<List<string>> GetAllSubjectsAsync();

    /// <summary>Every version number of a subject. Not cached.</summary>
    Task<List<int>> GetSubjectVersionsAsync(string subject);

    /// <summary>Whether a schema could be registered after the latest version of a subject. Not cached.</summary>
    Task<bool> IsCompatibleAsync(string subject, Schema schema);

    /// <summary>The compatibility level of a subject that has one of its own, or with null the registry's. Not cached.</summary>
    Task<Compatibility> GetCompatibilityAsync(string subject = null);

    /// <summary>Sets the compatibility level of a subject, or with null the registry's.</summary>
    /// <returns>The level now in force.</returns>
    Task<Compatibility> UpdateCompatibilityAsync(Compatibility compatibility, string subject = null);

    /// <summary>Forgets the latest versions.</summary>
    void ClearLatestCaches();

    /// <summary>Forgets every schema.</summary>
    void ClearCaches();

    /// <summary>The subjects that the registry associates with a resource. Not cached.</summary>
    Task<List<Association>> GetAssociationsByResourceNameAsync(
        string resourceName,
        string resourceNamespace,
        string resourceType,
        List<string> associationTypes,
        string lifecycle,
        int offset,
        int limit);
}
