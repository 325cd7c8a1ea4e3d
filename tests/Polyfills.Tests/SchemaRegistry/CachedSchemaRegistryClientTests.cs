using System.Net;
using Confluent.SchemaRegistry;
using StreamDistill.Embedded.SchemaRegistry;

namespace Polyfills.Tests.SchemaRegistry;

public sealed class CachedSchemaRegistryClientTests : IAsyncLifetime
{
    private const string V1 = """{"type":"record","name":"R","fields":[{"name":"a","type":"int"}]}""";
    private const string V2 = """{"type":"record","name":"R","fields":[{"name":"a","type":"int"},{"name":"b","type":"int","default":0}]}""";
    private const string Incompatible = """{"type":"record","name":"R","fields":[{"name":"a","type":"string"}]}""";

    private SchemaRegistryServer server = null!;
    private CachedSchemaRegistryClient client = null!;

    public async ValueTask InitializeAsync()
    {
        server = await SchemaRegistryServer.StartAsync(new SchemaRegistryOptions { InMemory = true }, TestContext.Current.CancellationToken);
        client = new CachedSchemaRegistryClient(new SchemaRegistryConfig { Url = server.Url.ToString() });
    }

    public async ValueTask DisposeAsync()
    {
        client.Dispose();
        await server.DisposeAsync();
    }

    [Fact]
    public async Task What_is_registered_is_found_by_id_by_version_as_the_latest_and_by_itself()
    {
        var id = await client.RegisterSchemaAsync("t-value", new Schema(V1, SchemaType.Avro));
        var second = await client.RegisterSchemaWithResponseAsync("t-value", new Schema(V2, SchemaType.Avro));

        Assert.Equal(V1, (await client.GetSchemaAsync(id)).SchemaString);
        Assert.Equal(V1, (await client.GetSchemaBySubjectAndIdAsync("t-value", id)).SchemaString);
        Assert.Equal(id, await client.GetSchemaIdAsync("t-value", new Schema(V1, SchemaType.Avro)));
        Assert.Equal(("t-value", 2, 2), (second.Subject, second.Version, second.Id));
        var latest = await client.GetLatestSchemaAsync("t-value");
        var looked = await client.LookupSchemaAsync("t-value", new Schema(V2, SchemaType.Avro), ignoreDeletedSchemas: true);
        var numbered = await client.GetRegisteredSchemaAsync("t-value", 2);
        Assert.All([latest, looked, numbered], found =>
        {
            Assert.Equal(("t-value", 2, 2, V2, SchemaType.Avro), (found.Subject, found.Version, found.Id, found.SchemaString, found.SchemaType));
            Assert.Equal(new Schema(V2, SchemaType.Avro), found.Schema);
        });
        Assert.Equal(["t-value"], await client.GetAllSubjectsAsync());
        Assert.Equal([1, 2], await client.GetSubjectVersionsAsync("t-value"));
    }

    [Theory]
    [InlineData(Compatibility.None)]
    [InlineData(Compatibility.Forward)]
    [InlineData(Compatibility.Backward)]
    [InlineData(Compatibility.Full)]
    [InlineData(Compatibility.ForwardTransitive)]
    [InlineData(Compatibility.BackwardTransitive)]
    [InlineData(Compatibility.FullTransitive)]
    public async Task A_level_is_set_and_read_for_a_subject_and_for_all(Compatibility level)
    {
        Assert.Equal(level, await client.UpdateCompatibilityAsync(level, "s"));
        Assert.Equal(level, await client.GetCompatibilityAsync("s"));
        Assert.Equal(Compatibility.Backward, await client.GetCompatibilityAsync());
        Assert.Equal(level, await client.UpdateCompatibilityAsync(level));
        Assert.Equal(level, await client.GetCompatibilityAsync());
    }

    [Fact]
    public async Task A_schema_is_tested_against_the_latest_before_it_is_registered()
    {
        await client.RegisterSchemaAsync("s", new Schema(V1, SchemaType.Avro));

        Assert.True(await client.IsCompatibleAsync("s", new Schema(V2, SchemaType.Avro)));
        Assert.False(await client.IsCompatibleAsync("s", new Schema(Incompatible, SchemaType.Avro)));
        var error = await Assert.ThrowsAsync<SchemaRegistryException>(() => client.RegisterSchemaAsync("s", new Schema(Incompatible, SchemaType.Avro)));
        Assert.Equal((HttpStatusCode.Conflict, 409), (error.Status, error.ErrorCode));
        Assert.EndsWith("; error code: 409", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_refusal_has_the_registrys_code_and_is_not_remembered()
    {
        var unknown = await Assert.ThrowsAsync<SchemaRegistryException>(() => client.GetSchemaAsync(1));
        Assert.Equal((HttpStatusCode.NotFound, 40403), (unknown.Status, unknown.ErrorCode));
        Assert.Equal(40401, (await Assert.ThrowsAsync<SchemaRegistryException>(() => client.GetLatestSchemaAsync("s"))).ErrorCode);
        Assert.Equal(40401, (await Assert.ThrowsAsync<SchemaRegistryException>(() => client.GetSubjectVersionsAsync("s"))).ErrorCode);
        Assert.Equal(40408, (await Assert.ThrowsAsync<SchemaRegistryException>(() => client.GetCompatibilityAsync("s"))).ErrorCode);

        await client.RegisterSchemaAsync("s", new Schema(V1, SchemaType.Avro));

        Assert.Equal(V1, (await client.GetSchemaAsync(1)).SchemaString);
        Assert.Equal(1, (await client.GetLatestSchemaAsync("s")).Version);
    }

    [Fact]
    public async Task A_schema_keeps_its_references()
    {
        await client.RegisterSchemaAsync("inner", new Schema("""{"type":"fixed","name":"F","size":2}""", SchemaType.Avro));
        var outer = new Schema("""{"type":"array","items":"F"}""", [new SchemaReference("F", "inner", 1)], SchemaType.Avro);

        var id = await client.RegisterSchemaAsync("outer", outer);

        Assert.Equal(outer, await client.GetSchemaAsync(id));
        Assert.Equal([new SchemaReference("F", "inner", 1)], (await client.GetRegisteredSchemaAsync("outer", 1)).References);
    }

    [Fact]
    public async Task A_subject_may_have_any_letters()
    {
        await client.RegisterSchemaAsync("a/b c?é", new Schema(V1, SchemaType.Avro));

        Assert.Equal(["a/b c?é"], await client.GetAllSubjectsAsync());
        Assert.Equal([1], await client.GetSubjectVersionsAsync("a/b c?é"));
    }

    [Fact]
    public async Task What_cannot_change_is_asked_for_once_and_the_rest_each_time()
    {
        await using var fake = await FakeRegistry.StartAsync(FakeRegistry.Always(200, """{"subject":"s","version":1,"id":7,"schema":"\"int\""}"""));
        using var cached = new CachedSchemaRegistryClient(new SchemaRegistryConfig { Url = fake.Url });
        var schema = new Schema("\"int\"", SchemaType.Avro);
        for (var i = 0; i < 3; i++)
        {
            Assert.Equal(7, await cached.RegisterSchemaAsync("s", schema));
            Assert.Equal(7, await cached.GetSchemaIdAsync("s", schema));
            Assert.Equal("\"int\"", (await cached.GetSchemaAsync(7)).SchemaString);
            Assert.Equal(7, (await cached.GetRegisteredSchemaAsync("s", 1)).Id);
            Assert.Equal(7, (await cached.GetLatestSchemaAsync("s")).Id);
        }

        Assert.Equal(
            ["POST /subjects/s/versions?normalize=False", "GET /schemas/ids/7", "GET /subjects/s/versions/1?deleted=False", "GET /subjects/s/versions/latest"],
            fake.Requests);

        cached.ClearLatestCaches();
        await cached.GetLatestSchemaAsync("s");
        Assert.Equal(5, fake.Requests.Count);
        cached.ClearCaches();
        await cached.GetSchemaAsync(7);
        await cached.GetLatestSchemaAsync("s");
        Assert.Equal(7, fake.Requests.Count);

        fake.Behaviour = FakeRegistry.Always(200, "[]");
        await cached.GetAllSubjectsAsync();
        await cached.GetAllSubjectsAsync();
        Assert.Equal(9, fake.Requests.Count);
    }

    [Fact]
    public async Task The_latest_version_is_asked_for_again_when_its_time_is_up()
    {
        await using var fake = await FakeRegistry.StartAsync(FakeRegistry.Always(200, """{"subject":"s","version":1,"id":7,"schema":"\"int\""}"""));
        using var cached = new CachedSchemaRegistryClient(new SchemaRegistryConfig { Url = fake.Url, LatestCacheTtlSecs = 1 });

        while (fake.Requests.Count < 2)
        {
            await cached.GetLatestSchemaAsync("s");
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }
    }

    [Fact]
    public async Task A_full_cache_is_emptied()
    {
        await using var fake = await FakeRegistry.StartAsync(FakeRegistry.Always(200, """{"schema":"\"int\""}"""));
        using var cached = new CachedSchemaRegistryClient(new SchemaRegistryConfig { Url = fake.Url, MaxCachedSchemas = 2 });
        foreach (var id in (int[])[1, 2, 2, 3, 1])
        {
            await cached.GetSchemaAsync(id);
        }

        Assert.Equal(["GET /schemas/ids/1", "GET /schemas/ids/2", "GET /schemas/ids/3", "GET /schemas/ids/1"], fake.Requests);
        Assert.Equal(2, cached.MaxCachedSchemas);
    }

    [Fact]
    public async Task Callers_that_ask_at_the_same_time_share_one_request()
    {
        var gate = new TaskCompletionSource();
        var answer = FakeRegistry.Always(200, """{"subject":"s","version":1,"id":7,"schema":"\"int\""}""");
        await using var fake = await FakeRegistry.StartAsync(async context =>
        {
            await gate.Task;
            await answer(context);
        });
        using var cached = new CachedSchemaRegistryClient(new SchemaRegistryConfig { Url = fake.Url });

        var asked = Enumerable.Range(0, 50).Select(_ => cached.RegisterSchemaAsync("s", new Schema("\"int\"", SchemaType.Avro))).ToList();
        gate.SetResult();

        Assert.All(await Task.WhenAll(asked), id => Assert.Equal(7, id));
        Assert.Single(fake.Requests);
    }

    [Fact]
    public async Task A_registry_that_tells_only_the_id_is_asked_for_the_version_when_that_is_wanted()
    {
        await using var fake = await FakeRegistry.StartAsync(FakeRegistry.InTurn(
            FakeRegistry.Always(200, """{"id":7}"""), FakeRegistry.Always(200, """{"subject":"s","version":3,"id":7,"schema":"\"int\""}""")));
        using var cached = new CachedSchemaRegistryClient(new SchemaRegistryConfig { Url = fake.Url });
        var schema = new Schema("\"int\"", SchemaType.Avro);

        Assert.Equal(7, await cached.RegisterSchemaAsync("s", schema));
        Assert.Equal(3, (await cached.LookupSchemaAsync("s", schema, ignoreDeletedSchemas: true)).Version);
        Assert.Equal(3, (await cached.LookupSchemaAsync("s", schema, ignoreDeletedSchemas: true)).Version);
        Assert.Equal(["POST /subjects/s/versions?normalize=False", "POST /subjects/s?normalize=False&deleted=False"], fake.Requests);
    }
}
