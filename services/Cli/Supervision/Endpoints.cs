using System.Text.Json;
using System.Text.Json.Serialization;
using StreamDistill.Contracts;

namespace StreamDistill.Cli.Supervision;

/// <summary>Where a running system is, as it stands in its data directory for the commands beside it.</summary>
/// <param name="BootstrapServers">Kafka's address, host:port.</param>
/// <param name="SchemaRegistryUrl">The schema registry's address.</param>
/// <param name="Services">Base address by service name: ingest, teach, verify, compact.</param>
/// <param name="ProcessId">Of the process that runs it.</param>
internal sealed record Endpoints(string BootstrapServers, string SchemaRegistryUrl, IReadOnlyDictionary<string, Uri> Services, int ProcessId)
{
    /// <summary>Where 'up' keeps its files unless told otherwise.</summary>
    public const string DefaultDirectory = "streamdistill-data";

    private const string FileName = "endpoints.json";

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Skip,
    };

    /// <summary>
    /// The running system: what KAFKA_BOOTSTRAP_SERVERS, SCHEMA_REGISTRY_URL and STREAMDISTILL_INGEST_URL say, and what
    /// they leave open by the state file of the data directory.
    /// </summary>
    /// <exception cref="StreamDistillException">Neither says where Kafka is.</exception>
    public static Endpoints Find(string directory)
    {
        var path = Path.Combine(directory, FileName);
        var stored = File.Exists(path) ? Read(path) : null;
        var bootstrap = Variable("KAFKA_BOOTSTRAP_SERVERS") ?? stored?.BootstrapServers
            ?? throw new StreamDistillException($"No running system was found: there is no {path}. Start one with 'streamdistill up', name its directory with --data, or set KAFKA_BOOTSTRAP_SERVERS and SCHEMA_REGISTRY_URL.");
        var registry = Variable("SCHEMA_REGISTRY_URL") ?? stored?.SchemaRegistryUrl
            ?? throw new StreamDistillException("SCHEMA_REGISTRY_URL is not set, but KAFKA_BOOTSTRAP_SERVERS is: set both.");
        var services = new Dictionary<string, Uri>(stored?.Services ?? new Dictionary<string, Uri>(), StringComparer.Ordinal);
        if (Variable("STREAMDISTILL_INGEST_URL") is { } ingest)
        {
            services["ingest"] = new Uri(ingest);
        }

        return new Endpoints(bootstrap, registry, services, stored?.ProcessId ?? 0);
    }

    /// <summary>Where Ingest takes prompts.</summary>
    /// <exception cref="StreamDistillException">It is not known.</exception>
    public Uri Ingest => Services.TryGetValue("ingest", out var url) ? url
        : throw new StreamDistillException("It is not known where Ingest listens: set STREAMDISTILL_INGEST_URL, for example http://127.0.0.1:8080.");

    /// <summary>Writes the state file.</summary>
    public void Write(string directory)
    {
        var path = Path.Combine(directory, FileName);
        File.WriteAllText(path + ".tmp", JsonSerializer.Serialize(this, Json));
        File.Move(path + ".tmp", path, overwrite: true);
    }

    /// <summary>Removes the state file: nothing runs any more.</summary>
    public static void Remove(string directory) => File.Delete(Path.Combine(directory, FileName));

    private static Endpoints Read(string path)
    {
        try
        {
            return JsonSerializer.Deserialize<Endpoints>(File.ReadAllText(path), Json) ?? throw new JsonException("It is null.");
        }
        catch (JsonException e)
        {
            throw new StreamDistillException($"{path} cannot be read: {e.Message} Remove it, or start the system again.", isTransient: false, e);
        }
    }

    private static string? Variable(string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null;
}
