using System.Collections;
using System.Globalization;

namespace Confluent.SchemaRegistry;

/// <summary>Where basic authentication takes its user name and password from.</summary>
public enum AuthCredentialsSource
{
    /// <summary>From <see cref="SchemaRegistryConfig.BasicAuthUserInfo" />.</summary>
    UserInfo,

    /// <summary>From the properties <c>sasl.username</c> and <c>sasl.password</c>.</summary>
    SaslInherit,
}

/// <summary>Where bearer authentication takes its token from.</summary>
public enum BearerAuthCredentialsSource
{
    /// <summary>From <see cref="SchemaRegistryConfig.BearerAuthToken" />.</summary>
    StaticToken,
}

/// <summary>The settings of <see cref="CachedSchemaRegistryClient" />, kept as the string properties of <see cref="PropertyNames" />.</summary>
public class SchemaRegistryConfig : IEnumerable<KeyValuePair<string, string>>
{
    /// <summary>The keys under which the settings are kept.</summary>
    public static class PropertyNames
    {
#pragma warning disable CS1591 // The properties of the enclosing class say what each key means.
        public const string SchemaRegistryUrl = "schema.registry.url";
        public const string SchemaRegistryRequestTimeoutMs = "schema.registry.request.timeout.ms";
        public const string SchemaRegistryMaxRetries = "schema.registry.max.retries";
        public const string SchemaRegistryRetriesWaitMs = "schema.registry.retries.wait.ms";
        public const string SchemaRegistryRetriesMaxWaitMs = "schema.registry.retries.max.wait.ms";
        public const string SchemaRegistryMaxConnectionsPerServer = "schema.registry.connections.max.per.server";
        public const string SchemaRegistryMaxCachedSchemas = "schema.registry.max.cached.schemas";
        public const string SchemaRegistryLatestCacheTtlSecs = "schema.registry.latest.cache.ttl.secs";
        public const string SchemaRegistryBasicAuthCredentialsSource = "schema.registry.basic.auth.credentials.source";
        public const string SchemaRegistryBasicAuthUserInfo = "schema.registry.basic.auth.user.info";
        public const string SchemaRegistryBearerAuthCredentialsSource = "schema.registry.bearer.auth.credentials.source";
        public const string SchemaRegistryBearerAuthToken = "schema.registry.bearer.auth.token";
        public const string SchemaRegistryBearerAuthLogicalCluster = "schema.registry.bearer.auth.logical.cluster";
        public const string SchemaRegistryBearerAuthIdentityPoolId = "schema.registry.bearer.auth.identity.pool.id";
        public const string SslCaLocation = "schema.registry.ssl.ca.location";
        public const string SslKeystoreLocation = "schema.registry.ssl.keystore.location";
        public const string SslKeystorePassword = "schema.registry.ssl.keystore.password";
        public const string EnableSslCertificateVerification = "schema.registry.enable.ssl.certificate.verification";
#pragma warning restore CS1591
    }

    /// <summary>The settings by key; an absent key means the default.</summary>
    protected Dictionary<string, string> properties = [];

    /// <summary>One or more registry URLs, separated by commas. Required.</summary>
    public string Url
    {
        get => Get(PropertyNames.SchemaRegistryUrl);
        set => SetObject(PropertyNames.SchemaRegistryUrl, value);
    }

    /// <summary>How long one request may take, in milliseconds. Default 30000.</summary>
    public int? RequestTimeoutMs
    {
        get => GetInt(PropertyNames.SchemaRegistryRequestTimeoutMs);
        set => SetObject(PropertyNames.SchemaRegistryRequestTimeoutMs, value);
    }

    /// <summary>How often a request is sent to one URL before the next is tried. Default 3.</summary>
    public int? MaxRetries
    {
        get => GetInt(PropertyNames.SchemaRegistryMaxRetries);
        set => SetObject(PropertyNames.SchemaRegistryMaxRetries, value);
    }

    /// <summary>The upper bound of the first wait between two attempts, in milliseconds; it doubles each time. Default 1000.</summary>
    public int? RetriesWaitMs
    {
        get => GetInt(PropertyNames.SchemaRegistryRetriesWaitMs);
        set => SetObject(PropertyNames.SchemaRegistryRetriesWaitMs, value);
    }

    /// <summary>The upper bound of any wait between two attempts, in milliseconds. Default 20000.</summary>
    public int? RetriesMaxWaitMs
    {
        get => GetInt(PropertyNames.SchemaRegistryRetriesMaxWaitMs);
        set => SetObject(PropertyNames.SchemaRegistryRetriesMaxWaitMs, value);
    }

    /// <summary>Connections held open to one URL at most. Default 20.</summary>
    public int? MaxConnectionsPerServer
    {
        get => GetInt(PropertyNames.SchemaRegistryMaxConnectionsPerServer);
        set => SetObject(PropertyNames.SchemaRegistryMaxConnectionsPerServer, value);
    }

    /// <summary>Schemas cached at most; a full cache is emptied. Default 1000.</summary>
    public int? MaxCachedSchemas
    {
        get => GetInt(PropertyNames.SchemaRegistryMaxCachedSchemas);
        set => SetObject(PropertyNames.SchemaRegistryMaxCachedSchemas, value);
    }

    /// <summary>How long the latest version of a subject is cached, in seconds. Default -1, for ever.</summary>
    public int? LatestCacheTtlSecs
    {
        get => GetInt(PropertyNames.SchemaRegistryLatestCacheTtlSecs);
        set => SetObject(PropertyNames.SchemaRegistryLatestCacheTtlSecs, value);
    }

    /// <summary>Where basic authentication takes its credentials from. Default <see cref="AuthCredentialsSource.UserInfo" />.</summary>
    public AuthCredentialsSource? BasicAuthCredentialsSource
    {
        get => Get(PropertyNames.SchemaRegistryBasicAuthCredentialsSource) switch
        {
            null => null,
            "USER_INFO" => AuthCredentialsSource.UserInfo,
            "SASL_INHERIT" => AuthCredentialsSource.SaslInherit,
            var other => throw new ArgumentException(
                $"Unknown {PropertyNames.SchemaRegistryBasicAuthCredentialsSource} value: {other}."),
        };
        set => SetObject(PropertyNames.SchemaRegistryBasicAuthCredentialsSource, value switch
        {
            null => null,
            AuthCredentialsSource.UserInfo => "USER_INFO",
            AuthCredentialsSource.SaslInherit => "SASL_INHERIT",
            _ => throw new NotImplementedException(
                $"Unknown {PropertyNames.SchemaRegistryBasicAuthCredentialsSource} value: {value}."),
        });
    }

    /// <summary>Basic authentication credentials, <c>username:password</c>.</summary>
    public string BasicAuthUserInfo
    {
        get => Get(PropertyNames.SchemaRegistryBasicAuthUserInfo);
        set => SetObject(PropertyNames.SchemaRegistryBasicAuthUserInfo, value);
    }

    /// <summary>Where bearer authentication takes its token from; unset for no bearer authentication.</summary>
    public BearerAuthCredentialsSource? BearerAuthCredentialsSource
    {
        get => Get(PropertyNames.SchemaRegistryBearerAuthCredentialsSource) switch
        {
            null => null,
            "STATIC_TOKEN" => Confluent.SchemaRegistry.BearerAuthCredentialsSource.StaticToken,
            var other => throw new ArgumentException(
                $"Unknown {PropertyNames.SchemaRegistryBearerAuthCredentialsSource} value: {other}."),
        };
        set => SetObject(PropertyNames.SchemaRegistryBearerAuthCredentialsSource, value switch
        {
            null => null,
            Confluent.SchemaRegistry.BearerAuthCredentialsSource.StaticToken => "STATIC_TOKEN",
            _ => throw new NotImplementedException(
                $"Unknown {PropertyNames.SchemaRegistryBearerAuthCredentialsSource} value: {value}."),
        });
    }

    /// <summary>The bearer token.</summary>
    public string BearerAuthToken
    {
        get => Get(PropertyNames.SchemaRegistryBearerAuthToken);
        set => SetObject(PropertyNames.SchemaRegistryBearerAuthToken, value);
    }

    /// <summary>The logical cluster that bearer authentication names to the registry.</summary>
    public string BearerAuthLogicalCluster
    {
        get => Get(PropertyNames.SchemaRegistryBearerAuthLogicalCluster);
        set => SetObject(PropertyNames.SchemaRegistryBearerAuthLogicalCluster, value);
    }

    /// <summary>The identity pool that bearer authentication names to the registry.</summary>
    public string BearerAuthIdentityPoolId
    {
        get => Get(PropertyNames.SchemaRegistryBearerAuthIdentityPoolId);
        set => SetObject(PropertyNames.SchemaRegistryBearerAuthIdentityPoolId, value);
    }

    /// <summary>A PEM file of the certificate authorities to trust, beside those of the system.</summary>
    public string SslCaLocation
    {
        get => Get(PropertyNames.SslCaLocation);
        set => SetObject(PropertyNames.SslCaLocation, value);
    }

    /// <summary>A PKCS#12 file with the client's certificate and key.</summary>
    public string SslKeystoreLocation
    {
        get => Get(PropertyNames.SslKeystoreLocation);
        set => SetObject(PropertyNames.SslKeystoreLocation, value);
    }

    /// <summary>The password of <see cref="SslKeystoreLocation" />.</summary>
    public string SslKeystorePassword
    {
        get => Get(PropertyNames.SslKeystorePassword);
        set => SetObject(PropertyNames.SslKeystorePassword, value);
    }

    /// <summary>Whether the server's certificate must be valid. Default true.</summary>
    public bool? EnableSslCertificateVerification
    {
        get => Get(PropertyNames.EnableSslCertificateVerification) is { } text ? bool.Parse(text) : null;
        set => SetObject(PropertyNames.EnableSslCertificateVerification, value);
    }

    /// <summary>Sets a property by its key; null removes it.</summary>
    public void Set(string key, string val) => SetObject(key, val);

    /// <summary>A property by its key, null when it is not set.</summary>
    public string Get(string key) => properties.GetValueOrDefault(key);

    /// <summary>Sets a property to the text of a value; null removes it.</summary>
    protected void SetObject(string name, object val)
    {
        if (val == null)
        {
            properties.Remove(name);
        }
        else
        {
            properties[name] = Convert.ToString(val, CultureInfo.InvariantCulture);
        }
    }

    /// <summary>A property as an integer, null when it is not set.</summary>
    protected int? GetInt(string key) => Get(key) is { } text ? int.Parse(text, CultureInfo.InvariantCulture) : null;

    /// <inheritdoc />
    public IEnumerator<KeyValuePair<string, string>> GetEnumerator() => properties.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
