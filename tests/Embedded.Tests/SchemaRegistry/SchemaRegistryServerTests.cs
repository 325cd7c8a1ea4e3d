using StreamDistill.Embedded.SchemaRegistry;

namespace StreamDistill.Embedded.Tests.SchemaRegistry;

public sealed class SchemaRegistryServerTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task It_listens_on_the_loopback_address_and_a_free_port_until_it_is_disposed()
    {
        var first = await RegistryClient.StartAsync();
        await using var second = await RegistryClient.StartAsync();

        Assert.Equal("127.0.0.1", first.Url.Host);
        Assert.NotEqual(first.Url.Port, second.Url.Port);
        await first.OkAsync("GET", "/");
        await first.DisposeAsync();
        using var http = new HttpClient();
        await Assert.ThrowsAsync<HttpRequestException>(() => http.GetAsync(first.Url, Cancelled));
    }

    [Fact]
    public async Task It_starts_with_the_level_it_is_given()
    {
        await using var registry = await RegistryClient.StartAsync(new SchemaRegistryOptions { InMemory = true, DefaultCompatibility = CompatibilityLevel.FullTransitive });

        Assert.Equal("""{"compatibilityLevel":"FULL_TRANSITIVE"}""", (await registry.OkAsync("GET", "/config")).GetRawText());
    }

    [Fact]
    public async Task A_port_that_is_taken_stops_the_start()
    {
        await using var registry = await RegistryClient.StartAsync();

        await Assert.ThrowsAsync<IOException>(() => SchemaRegistryServer.StartAsync(new SchemaRegistryOptions { InMemory = true, Port = registry.Url.Port }, Cancelled));
    }

    [Fact]
    public async Task A_wrong_option_is_named_with_its_value_and_what_is_allowed()
    {
        async Task<string> MessageAsync(SchemaRegistryOptions options) =>
            (await Assert.ThrowsAsync<ArgumentException>(() => SchemaRegistryServer.StartAsync(options, Cancelled))).Message;

        Assert.StartsWith("SchemaRegistry:Port is '70000'; allowed is 0 (any free port) to 65535.", await MessageAsync(new() { InMemory = true, Port = 70000 }), StringComparison.Ordinal);
        Assert.StartsWith("SchemaRegistry:Host is 'a b'; allowed is a host name or an IP address.", await MessageAsync(new() { InMemory = true, Host = "a b" }), StringComparison.Ordinal);
        Assert.StartsWith("SchemaRegistry:RequestBytesMax is '1'; allowed is 1024 to 67108864 bytes.", await MessageAsync(new() { InMemory = true, RequestBytesMax = 1 }), StringComparison.Ordinal);
        Assert.StartsWith("SchemaRegistry:BootstrapServers is ''; allowed is the address of a Kafka, for example 127.0.0.1:9092, unless InMemory is true.", await MessageAsync(new()), StringComparison.Ordinal);
        Assert.StartsWith("SchemaRegistry:BootstrapServers is 'k:1'; allowed is none, because InMemory is true.", await MessageAsync(new() { InMemory = true, BootstrapServers = "k:1" }), StringComparison.Ordinal);
        Assert.StartsWith("SchemaRegistry:Topic is 'a b'; allowed is 1 to 249 letters", await MessageAsync(new() { InMemory = true, Topic = "a b" }), StringComparison.Ordinal);
        Assert.StartsWith("SchemaRegistry:WriteTimeout is '00:02:00'; allowed is 00:00:01 to 00:01:00.", await MessageAsync(new() { InMemory = true, WriteTimeout = TimeSpan.FromMinutes(2) }), StringComparison.Ordinal);
        Assert.StartsWith("SchemaRegistry:DefaultCompatibility is '99'; allowed is None, Backward", await MessageAsync(new() { InMemory = true, DefaultCompatibility = (CompatibilityLevel)99 }), StringComparison.Ordinal);
    }
}
