using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using static Confluent.SchemaRegistry.SchemaRegistryConfig;

namespace Confluent.SchemaRegistry.Rest;

/// <summary>The client's properties, checked and with their defaults.</summary>
internal sealed class ClientSettings
{
    private static readonly HashSet<string> KnownKeys =
    [
        PropertyNames.SchemaRegistryUrl,
        PropertyNames.SchemaRegistryRequestTimeoutMs,
        PropertyNames.SchemaRegistryMaxRetries,
        PropertyNames.SchemaRegistryRetriesWaitMs,
        PropertyNames.SchemaRegistryRetriesMaxWaitMs,
        PropertyNames.SchemaRegistryMaxConnectionsPerServer,
        PropertyNames.SchemaRegistryMaxCachedSchemas,
        PropertyNames.SchemaRegistryLatestCacheTtlSecs,
        PropertyNames.SchemaRegistryBasicAuthCredentialsSource,
        PropertyNames.SchemaRegistryBasicAuthUserInfo,
        PropertyNames.SchemaRegistryBearerAuthCredentialsSource,
        PropertyNames.SchemaRegistryBearerAuthToken,
        PropertyNames.SchemaRegistryBearerAuthLogicalCluster,
        PropertyNames.SchemaRegistryBearerAuthIdentityPoolId,
        PropertyNames.SslCaLocation,
        PropertyNames.SslKeystoreLocation,
        PropertyNames.SslKeystorePassword,
        PropertyNames.EnableSslCertificateVerification,
    ];

    private readonly Dictionary<string, string> values = new(StringComparer.OrdinalIgnoreCase);

    public ClientSettings(IEnumerable<KeyValuePair<string, string>> config)
    {
        foreach (var (key, value) in config)
        {
            if (key.StartsWith("schema.registry.", StringComparison.Ordinal) && !KnownKeys.Contains(key))
            {
                throw new ArgumentException($"Unknown configuration parameter {key}");
            }

            values.TryAdd(key, value);
        }

        Urls = (Get(PropertyNames.SchemaRegistryUrl)
            ?? throw new ArgumentException($"{PropertyNames.SchemaRegistryUrl} configuration property must be specified."))
            .Split(',').Select(ToUri).ToArray();
        RequestTimeoutMs = GetInt(PropertyNames.SchemaRegistryRequestTimeoutMs, 30_000);
        MaxRetries = GetInt(PropertyNames.SchemaRegistryMaxRetries, 3);
        RetriesWaitMs = GetInt(PropertyNames.SchemaRegistryRetriesWaitMs, 1000);
        RetriesMaxWaitMs = GetInt(PropertyNames.SchemaRegistryRetriesMaxWaitMs, 20_000);
        MaxConnectionsPerServer = GetInt(PropertyNames.SchemaRegistryMaxConnectionsPerServer, 20);
        MaxCachedSchemas = GetInt(PropertyNames.SchemaRegistryMaxCachedSchemas, 1000);
        LatestCacheTtlSecs = GetInt(PropertyNames.SchemaRegistryLatestCacheTtlSecs, -1);
        VerifyCertificate = Get(PropertyNames.EnableSslCertificateVerification) is not { } verify
            || (bool.TryParse(verify, out var flag)
                ? flag
                : throw new ArgumentException($"Configured value for {PropertyNames.EnableSslCertificateVerification} must be a bool."));
        Authorization = ReadAuthorization();
    }

    public Uri[] Urls { get; }

    public int RequestTimeoutMs { get; }

    public int MaxRetries { get; }

    public int RetriesWaitMs { get; }

    public int RetriesMaxWaitMs { get; }

    public int MaxConnectionsPerServer { get; }

    public int MaxCachedSchemas { get; }

    public int LatestCacheTtlSecs { get; }

    public bool VerifyCertificate { get; }

    public AuthenticationHeaderValue Authorization { get; }

    /// <summary>Set with bearer authentication only.</summary>
    public string LogicalCluster { get; private set; }

    /// <summary>Set with bearer authentication only, and not always then.</summary>
    public string IdentityPool { get; private set; }

    public string SslCaLocation => Get(PropertyNames.SslCaLocation);

    public string SslKeystoreLocation => Get(PropertyNames.SslKeystoreLocation);

    public string SslKeystorePassword => Get(PropertyNames.SslKeystorePassword);

    private static Uri ToUri(string url) =>
        new((url.StartsWith("http", StringComparison.Ordinal) ? url : "http://" + url).TrimEnd('/') + "/", UriKind.Absolute);

    private string Get(string key) => values.GetValueOrDefault(key);

    private int GetInt(string key, int defaultValue) =>
        Get(key) is not { } text ? defaultValue
        : int.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out var value) ? value
        : throw new ArgumentException($"Configured value for {key} must be an integer.");

    private AuthenticationHeaderValue ReadAuthorization()
    {
        var basicSource = Get(PropertyNames.SchemaRegistryBasicAuthCredentialsSource) ?? "";
        var basic = ReadBasic(basicSource, Get(PropertyNames.SchemaRegistryBasicAuthUserInfo) ?? "");
        var bearerSource = Get(PropertyNames.SchemaRegistryBearerAuthCredentialsSource) ?? "";
        if (bearerSource == "")
        {
            return basic;
        }

        if (basicSource != "" || basic != null)
        {
            throw new ArgumentException(
                "Invalid authentication header value provider configuration: Cannot specify both basic and bearer authentication");
        }

        if (bearerSource != "STATIC_TOKEN")
        {
            throw new ArgumentException(
                $"Invalid value '{bearerSource}' specified for property '{PropertyNames.SchemaRegistryBearerAuthCredentialsSource}'");
        }

        LogicalCluster = Get(PropertyNames.SchemaRegistryBearerAuthLogicalCluster)
            ?? throw new ArgumentException("Invalid bearer authentication provider configuration: Logical cluster must be specified");
        IdentityPool = Get(PropertyNames.SchemaRegistryBearerAuthIdentityPoolId);
        return new AuthenticationHeaderValue(
            "Bearer",
            Get(PropertyNames.SchemaRegistryBearerAuthToken) ?? throw new ArgumentException(
                "Invalid authentication header value provider configuration: Bearer authentication token not specified"));
    }

    private AuthenticationHeaderValue ReadBasic(string source, string userInfo)
    {
        switch (source)
        {
            case "" or "USER_INFO" when userInfo == "":
                return null;
            case "" or "USER_INFO":
                return userInfo.Contains(':') ? Basic(userInfo) : throw new ArgumentException(
                    $"Configuration property {PropertyNames.SchemaRegistryBasicAuthUserInfo} must be of the form 'username:password'.");
            case "SASL_INHERIT" when userInfo != "":
                throw new ArgumentException(
                    $"{PropertyNames.SchemaRegistryBasicAuthCredentialsSource} set to 'SASL_INHERIT', " +
                    $"but {PropertyNames.SchemaRegistryBasicAuthUserInfo} is also specified.");
            case "SASL_INHERIT":
                return Basic($"{RequireSasl("sasl.username")}:{RequireSasl("sasl.password")}");
            default:
                throw new ArgumentException(
                    $"Invalid value '{source}' specified for property '{PropertyNames.SchemaRegistryBasicAuthCredentialsSource}'");
        }
    }

    private string RequireSasl(string key) => Get(key) ?? throw new ArgumentException(
        $"{PropertyNames.SchemaRegistryBasicAuthCredentialsSource} set to 'SASL_INHERIT', but '{key}' property not specified.");

    private static AuthenticationHeaderValue Basic(string userInfo) =>
        new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(userInfo)));
}
