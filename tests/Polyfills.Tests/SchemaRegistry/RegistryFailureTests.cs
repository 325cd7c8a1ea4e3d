using System.Net;
using System.Net.Sockets;
using System.Text;
using Confluent.SchemaRegistry;

namespace Polyfills.Tests.SchemaRegistry;

public sealed class RegistryFailureTests
{
    private static readonly FakeRegistry.Answer Found = FakeRegistry.Always(200, """{"schema":"\"int\""}""");

    [Theory]
    [InlineData(408)]
    [InlineData(429)]
    [InlineData(500)]
    [InlineData(502)]
    [InlineData(503)]
    [InlineData(504)]
    public async Task A_status_that_may_pass_is_tried_again(int status)
    {
        var failure = FakeRegistry.Always(status, """{"error_code":50002,"message":"busy"}""");
        await using var fake = await FakeRegistry.StartAsync(FakeRegistry.InTurn(failure, failure, Found));
        using var client = Client(fake.Url);

        Assert.Equal("\"int\"", (await client.GetSchemaAsync(1)).SchemaString);
        Assert.Equal(3, fake.Requests.Count);
    }

    [Fact]
    public async Task A_status_that_does_not_pass_fails_after_the_last_try_and_is_not_remembered()
    {
        await using var fake = await FakeRegistry.StartAsync(FakeRegistry.Always(503, """{"error_code":50301,"message":"no leader"}"""));
        using var client = Client(fake.Url);

        var error = await Assert.ThrowsAsync<HttpRequestException>(() => client.GetSchemaAsync(1));

        Assert.Equal(3, fake.Requests.Count);
        Assert.Contains(fake.Url, error.Message, StringComparison.Ordinal);
        Assert.Contains("ServiceUnavailable 50301 no leader", error.Message, StringComparison.Ordinal);
        fake.Behaviour = Found;
        Assert.Equal("\"int\"", (await client.GetSchemaAsync(1)).SchemaString);
    }

    [Theory]
    [InlineData(400)]
    [InlineData(403)]
    [InlineData(404)]
    [InlineData(409)]
    [InlineData(422)]
    public async Task A_refusal_is_not_tried_again_nor_elsewhere(int status)
    {
        await using var fake = await FakeRegistry.StartAsync(FakeRegistry.Always(status, """{"error_code":40499,"message":"no"}"""));
        await using var other = await FakeRegistry.StartAsync(Found);
        using var client = Client($"{fake.Url},{other.Url}");

        var error = await Assert.ThrowsAsync<SchemaRegistryException>(() => client.GetSchemaAsync(1));

        Assert.Equal(((HttpStatusCode)status, 40499, "no; error code: 40499"), (error.Status, error.ErrorCode, error.Message));
        Assert.Single(fake.Requests);
        Assert.Empty(other.Requests);
    }

    [Fact]
    public async Task A_refusal_without_a_readable_body_has_the_code_minus_one()
    {
        await using var fake = await FakeRegistry.StartAsync(FakeRegistry.Always(404, "<html>not here</html>"));
        using var client = Client(fake.Url);

        var error = await Assert.ThrowsAsync<SchemaRegistryException>(() => client.GetSchemaAsync(1));

        Assert.Equal((HttpStatusCode.NotFound, -1), (error.Status, error.ErrorCode));
    }

    [Fact]
    public async Task A_registry_that_is_down_is_an_http_request_exception_that_names_it()
    {
        var url = $"http://127.0.0.1:{FreePort()}";
        using var client = Client(url);

        var error = await Assert.ThrowsAsync<HttpRequestException>(() => client.GetAllSubjectsAsync());

        Assert.Contains(url, error.Message, StringComparison.Ordinal);
        Assert.IsType<HttpRequestException>(error.InnerException);
    }

    [Fact]
    public async Task A_registry_that_comes_up_between_two_tries_is_found()
    {
        var port = FreePort();
        using var client = Client($"127.0.0.1:{port}", maxRetries: 1000);

        var asked = client.GetSchemaAsync(1);
        await using var server = await StreamDistill.Embedded.SchemaRegistry.SchemaRegistryServer.StartAsync(
            new() { Port = port, InMemory = true }, TestContext.Current.CancellationToken);

        Assert.Equal(40403, (await Assert.ThrowsAsync<SchemaRegistryException>(() => asked)).ErrorCode);
    }

    [Fact]
    public async Task A_registry_that_never_answers_is_given_up()
    {
        var never = new TaskCompletionSource();
        await using var fake = await FakeRegistry.StartAsync(_ => never.Task);
        using var client = new CachedSchemaRegistryClient(
            new SchemaRegistryConfig { Url = fake.Url, RequestTimeoutMs = 100, MaxRetries = 2, RetriesWaitMs = 1 });

        var error = await Assert.ThrowsAsync<HttpRequestException>(() => client.GetSchemaAsync(1));

        never.SetResult();
        Assert.IsAssignableFrom<OperationCanceledException>(error.InnerException);
    }

    [Fact]
    public async Task The_next_registry_is_tried_and_stays_the_first_choice()
    {
        await using var good = await FakeRegistry.StartAsync(Found);
        await using var bad = await FakeRegistry.StartAsync(FakeRegistry.Always(503, ""));
        using var client = Client($"http://127.0.0.1:{FreePort()},{bad.Url}/,{good.Url}");

        await client.GetSchemaAsync(1);
        await client.GetSchemaAsync(2);

        Assert.Equal(3, bad.Requests.Count);
        Assert.Equal(["GET /schemas/ids/1", "GET /schemas/ids/2"], good.Requests);
    }

    [Fact]
    public async Task Basic_credentials_are_sent_and_wrong_ones_are_refused()
    {
        var right = "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes("me:se:cret"));
        await using var fake = await FakeRegistry.StartAsync(context => context.Request.Headers.Authorization == right
            ? Found(context)
            : FakeRegistry.Always(401, """{"error_code":40101,"message":"Unauthorized"}""")(context));

        using var allowed = new CachedSchemaRegistryClient(new SchemaRegistryConfig { Url = fake.Url, BasicAuthUserInfo = "me:se:cret" });
        using var inherited = new CachedSchemaRegistryClient(new SchemaRegistryConfig
        {
            Url = fake.Url,
            BasicAuthCredentialsSource = AuthCredentialsSource.SaslInherit,
        }.Append(new("sasl.username", "me")).Append(new("sasl.password", "se:cret")));
        using var refused = new CachedSchemaRegistryClient(new SchemaRegistryConfig { Url = fake.Url, BasicAuthUserInfo = "me:wrong" });

        Assert.Equal("\"int\"", (await allowed.GetSchemaAsync(1)).SchemaString);
        Assert.Equal("\"int\"", (await inherited.GetSchemaAsync(1)).SchemaString);
        var error = await Assert.ThrowsAsync<SchemaRegistryException>(() => refused.GetSchemaAsync(1));
        Assert.Equal((HttpStatusCode.Unauthorized, 40101), (error.Status, error.ErrorCode));
        Assert.Equal(3, fake.Requests.Count);
    }

    [Fact]
    public async Task One_registrys_401_without_a_body_is_enough()
    {
        await using var fake = await FakeRegistry.StartAsync(FakeRegistry.Always(401, ""));
        await using var other = await FakeRegistry.StartAsync(Found);
        using var client = Client($"{fake.Url},{other.Url}");

        var error = await Assert.ThrowsAsync<HttpRequestException>(() => client.GetSchemaAsync(1));

        Assert.Contains("Unauthorized", error.Message, StringComparison.Ordinal);
        Assert.Empty(other.Requests);
    }

    [Fact]
    public async Task A_bearer_token_is_sent_with_its_cluster_and_pool()
    {
        await using var fake = await FakeRegistry.StartAsync(Found);
        using var client = new CachedSchemaRegistryClient(new SchemaRegistryConfig
        {
            Url = fake.Url,
            BearerAuthCredentialsSource = BearerAuthCredentialsSource.StaticToken,
            BearerAuthToken = "t0ken",
            BearerAuthLogicalCluster = "lsrc-1",
            BearerAuthIdentityPoolId = "pool-1",
        });

        await client.GetSchemaAsync(1);

        Assert.Equal("Bearer t0ken", fake.Headers.Authorization);
        Assert.Equal("lsrc-1", fake.Headers["target-sr-cluster"]);
        Assert.Equal("pool-1", fake.Headers["Confluent-Identity-Pool-Id"]);
        Assert.Contains("application/vnd.schemaregistry.v1+json", fake.Headers.Accept.ToString(), StringComparison.Ordinal);
    }

    private static CachedSchemaRegistryClient Client(string url, int maxRetries = 3) =>
        new(new SchemaRegistryConfig { Url = url, MaxRetries = maxRetries, RetriesWaitMs = 1, RetriesMaxWaitMs = 10 });

    private static int FreePort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }
}
