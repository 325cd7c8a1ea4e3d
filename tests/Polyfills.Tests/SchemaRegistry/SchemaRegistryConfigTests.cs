using Confluent.SchemaRegistry;

namespace Polyfills.Tests.SchemaRegistry;

public sealed class SchemaRegistryConfigTests
{
    [Fact]
    public void Settings_are_kept_as_the_properties_of_confluents_documentation()
    {
        var config = new SchemaRegistryConfig
        {
            Url = "http://a,http://b",
            RequestTimeoutMs = 1,
            MaxRetries = 2,
            RetriesWaitMs = 3,
            RetriesMaxWaitMs = 4,
            MaxConnectionsPerServer = 5,
            MaxCachedSchemas = 6,
            LatestCacheTtlSecs = 7,
            BasicAuthCredentialsSource = AuthCredentialsSource.UserInfo,
            BasicAuthUserInfo = "u:p",
            SslCaLocation = "ca",
            SslKeystoreLocation = "ks",
            SslKeystorePassword = "pw",
            EnableSslCertificateVerification = false,
        };

        Assert.Equal(
            new Dictionary<string, string>
            {
                ["schema.registry.url"] = "http://a,http://b",
                ["schema.registry.request.timeout.ms"] = "1",
                ["schema.registry.max.retries"] = "2",
                ["schema.registry.retries.wait.ms"] = "3",
                ["schema.registry.retries.max.wait.ms"] = "4",
                ["schema.registry.connections.max.per.server"] = "5",
                ["schema.registry.max.cached.schemas"] = "6",
                ["schema.registry.latest.cache.ttl.secs"] = "7",
                ["schema.registry.basic.auth.credentials.source"] = "USER_INFO",
                ["schema.registry.basic.auth.user.info"] = "u:p",
                ["schema.registry.ssl.ca.location"] = "ca",
                ["schema.registry.ssl.keystore.location"] = "ks",
                ["schema.registry.ssl.keystore.password"] = "pw",
                ["schema.registry.enable.ssl.certificate.verification"] = "False",
            },
            config.ToDictionary(each => each.Key, each => each.Value));
        Assert.Equal((5, 6, false), (config.MaxConnectionsPerServer, config.MaxCachedSchemas, config.EnableSslCertificateVerification));
        config.Url = null;
        Assert.Null(config.Get("schema.registry.url"));
    }

    [Theory]
    [InlineData("", "", "schema.registry.url configuration property must be specified")]
    [InlineData("schema.registry.request.timeout.ms", "soon", "schema.registry.request.timeout.ms must be an integer")]
    [InlineData("schema.registry.max.retries", "x", "schema.registry.max.retries must be an integer")]
    [InlineData("schema.registry.enable.ssl.certificate.verification", "maybe", "schema.registry.enable.ssl.certificate.verification must be a bool")]
    [InlineData("schema.registry.basic.auth.user.info", "nocolon", "must be of the form 'username:password'")]
    [InlineData("schema.registry.basic.auth.credentials.source", "GUESS", "Invalid value 'GUESS' specified for property 'schema.registry.basic.auth.credentials.source'")]
    [InlineData("schema.registry.basic.auth.credentials.source", "SASL_INHERIT", "'sasl.username' property not specified")]
    [InlineData("schema.registry.bearer.auth.credentials.source", "GUESS", "Invalid value 'GUESS' specified for property 'schema.registry.bearer.auth.credentials.source'")]
    [InlineData("schema.registry.bearer.auth.credentials.source", "STATIC_TOKEN", "Logical cluster must be specified")]
    [InlineData("schema.registry.sauce", "x", "Unknown configuration parameter schema.registry.sauce")]
    public void A_wrong_setting_is_named(string key, string value, string message)
    {
        var config = new SchemaRegistryConfig();
        if (key != "")
        {
            config.Url = "http://127.0.0.1:1";
            config.Set(key, value);
        }

        var error = Assert.Throws<ArgumentException>(() => new CachedSchemaRegistryClient(config));

        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }
}
