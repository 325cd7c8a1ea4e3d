using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Threading.RateLimiting;
using Microsoft.AspNetCore.Http;

namespace StreamDistill.Pipeline;

/// <summary>Who calls: the owner of a key, or anyone on this machine where there are no keys.</summary>
/// <param name="Tenant">Whose prompts they are.</param>
/// <param name="HasKey">Whether a key said so; otherwise a prompt may name its own tenant.</param>
/// <param name="Quota">Where prompts take permits from; null is without limit.</param>
public sealed record Caller(string Tenant, bool HasKey, RateLimiter? Quota);

/// <summary>
/// The keys that a service's callers need, from a JSON file: [{"key": "…", "tenant": "acme", "prompts_per_minute": 600}, …], or
/// "key_sha256" in hexadecimal for a file that is no secret itself. Only hashes are kept, and compared in constant time.
/// </summary>
public sealed class ApiKeys : IDisposable
{
    private static readonly JsonSerializerOptions Strict = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        AllowDuplicateProperties = false,
    };

    private readonly List<(byte[] Hash, Caller Caller)> keys = [];

    private ApiKeys()
    {
    }

    /// <summary>Whether a key is wanted.</summary>
    public bool AreRequired => keys.Count > 0;

    /// <summary>Reads the file; without one there are no keys.</summary>
    /// <param name="setting">The setting that names the file, for messages.</param>
    /// <param name="path">The file; null where there are no keys.</param>
    /// <exception cref="ConfigurationException">The file cannot be read or is not as described.</exception>
    public static ApiKeys Load(string setting, string? path)
    {
        var keys = new ApiKeys();
        if (path is null)
        {
            return keys;
        }

        foreach (var (entry, index) in Read(setting, path).Select((entry, index) => (entry, index)))
        {
            ConfigurationException Wrong(string what) => new($"{setting} is '{path}'. Its entry {index + 1} {what}.");
            var hash = entry switch
            {
                { Key: { Length: >= 16 } key, KeySha256: null } => SHA256.HashData(Encoding.UTF8.GetBytes(key)),
                { Key: null, KeySha256: { Length: 64 } hex } when hex.All(char.IsAsciiHexDigit) => Convert.FromHexString(hex),
                _ => throw Wrong("must have either a key of at least 16 characters, or key_sha256 of 64 hexadecimal digits"),
            };
            if (string.IsNullOrWhiteSpace(entry.Tenant))
            {
                throw Wrong("must name its tenant");
            }

            if (entry.PromptsPerMinute is < 1)
            {
                throw Wrong($"has prompts_per_minute {entry.PromptsPerMinute}; allowed is 1 or more, or leaving it out for no limit");
            }

            if (keys.keys.Exists(other => other.Hash.AsSpan().SequenceEqual(hash)))
            {
                throw Wrong("repeats the key of another entry");
            }

            keys.keys.Add((hash, new Caller(entry.Tenant, HasKey: true, QuotaOf(entry.PromptsPerMinute))));
        }

        return keys.AreRequired ? keys : throw new ConfigurationException($"{setting} is '{path}'. It has no keys; give at least one, or leave the setting out.");
    }

    /// <summary>Who the request is from; null where it must be turned away.</summary>
    public Caller? Authenticate(HttpContext context)
    {
        if (!AreRequired)
        {
            // Whatever address the service was told to listen on: without keys only this machine is served.
            var isLocal = context.Connection.LocalIpAddress is not { } local || IPAddress.IsLoopback(local);
            return isLocal ? new Caller("default", HasKey: false, Quota: null) : null;
        }

        const string Scheme = "Bearer ";
        var header = context.Request.Headers.Authorization.ToString();
        if (!header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }

        var given = SHA256.HashData(Encoding.UTF8.GetBytes(header[Scheme.Length..].Trim()));
        Caller? found = null;
        foreach (var (hash, caller) in keys)
        {
            found = CryptographicOperations.FixedTimeEquals(hash, given) ? caller : found;
        }

        return found;
    }

    /// <summary>Stops the quotas' timers.</summary>
    public void Dispose() => keys.ForEach(key => key.Caller.Quota?.Dispose());

    private static List<Entry> Read(string setting, string path)
    {
        try
        {
            return JsonSerializer.Deserialize<List<Entry>>(File.ReadAllBytes(path), Strict) ?? [];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            // The exception may quote the file, and the file holds secrets.
            var what = e is JsonException ? "is not a JSON array of {key or key_sha256, tenant, prompts_per_minute?}" : "cannot be read";
            throw new ConfigurationException($"{setting} is '{path}'. The file {what}.");
        }
    }

    private static TokenBucketRateLimiter? QuotaOf(int? promptsPerMinute)
    {
        if (promptsPerMinute is not { } perMinute)
        {
            return null;
        }

        // The finest period in whole seconds that brings whole permits.
        var periodsPerMinute = (int)System.Numerics.BigInteger.GreatestCommonDivisor(perMinute, 60);
        return new TokenBucketRateLimiter(new TokenBucketRateLimiterOptions
        {
            TokenLimit = perMinute,
            TokensPerPeriod = perMinute / periodsPerMinute,
            ReplenishmentPeriod = TimeSpan.FromSeconds(60.0 / periodsPerMinute),
            QueueLimit = 0,
            AutoReplenishment = true,
        });
    }

    private sealed record Entry(string? Key, string? KeySha256, string? Tenant, int? PromptsPerMinute);
}
