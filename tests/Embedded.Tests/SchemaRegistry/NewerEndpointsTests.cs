using System.Text.Json;

namespace StreamDistill.Embedded.Tests.SchemaRegistry;

public sealed class NewerEndpointsTests : IAsyncLifetime
{
    private const string Teacher = """{"type":"record","name":"Teacher","namespace":"n","fields":[{"name":"model","type":"string"}]}""";
    private const string Call = """{"type":"record","name":"Call","namespace":"n","fields":[{"name":"teacher","type":"Teacher"}]}""";

    private RegistryClient registry = null!;

    public async ValueTask InitializeAsync()
    {
        registry = await RegistryClient.StartAsync();
        await registry.RegisterAsync("teacher", Teacher);
        await registry.OkAsync("POST", "/subjects/call/versions", RegistryClient.Body(Call, new { references = new[] { new { name = "n.Teacher", subject = "teacher", version = 1 } } }));
    }

    public ValueTask DisposeAsync() => registry.DisposeAsync();

    [Fact]
    public async Task A_resolved_schema_stands_alone()
    {
        const string resolved = """{"type":"record","name":"Call","namespace":"n","fields":[{"name":"teacher","type":{"type":"record","name":"Teacher","fields":[{"name":"model","type":"string"}]}}]}""";
        foreach (var path in (string[])["/schemas/ids/2", "/subjects/call/versions/1"])
        {
            var found = await registry.OkAsync("GET", path + "?format=resolved");
            Assert.Equal(resolved, found.GetProperty("schema").GetString());
            Assert.False(found.TryGetProperty("references", out _));
            Assert.Equal(Call, (await registry.OkAsync("GET", path + "?format=default")).GetProperty("schema").GetString());
            await registry.RefusedAsync(422, 422, "GET", path + "?format=ignore_extensions");
            Assert.Equal(resolved, (await registry.OkAsync("GET", path + "/schema?format=resolved")).GetRawText());
        }
    }

    [Fact]
    public async Task The_highest_id_comes_along_where_it_is_asked_for()
    {
        Assert.Equal(2, (await registry.OkAsync("GET", "/schemas/ids/1?fetchMaxId=true")).GetProperty("maxId").GetInt32());
        Assert.False((await registry.OkAsync("GET", "/schemas/ids/1")).TryGetProperty("maxId", out _));
    }

    [Fact]
    public async Task All_schemas_are_listed_by_prefix_and_in_pages()
    {
        await registry.RegisterAsync("teacher", """{"type":"record","name":"Teacher","namespace":"n","fields":[]}""");

        Assert.Equal([("call", 1), ("teacher", 1), ("teacher", 2)], Places(await registry.OkAsync("GET", "/schemas")));
        Assert.Equal([("teacher", 2)], Places(await registry.OkAsync("GET", "/schemas?subjectPrefix=t&latestOnly=true")));
        Assert.Equal([("teacher", 1)], Places(await registry.OkAsync("GET", "/schemas?offset=1&limit=1")));
        Assert.Equal("[\"teacher\"]", (await registry.OkAsync("GET", "/subjects?offset=1")).GetRawText());
        Assert.Equal("[1]", (await registry.OkAsync("GET", "/subjects/teacher/versions?limit=1")).GetRawText());
        await registry.RefusedAsync(400, 400, "GET", "/subjects?limit=many");
        await registry.OkAsync("DELETE", "/subjects/call");
        Assert.Equal("[\"call\"]", (await registry.OkAsync("GET", "/subjects?deletedOnly=true")).GetRawText());

        static IEnumerable<(string?, int)> Places(JsonElement versions) =>
            versions.EnumerateArray().Select(version => (version.GetProperty("subject").GetString(), version.GetProperty("version").GetInt32()));
    }

    [Fact]
    public async Task A_schema_is_found_by_the_guid_that_a_client_was_told_when_it_registered()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/subjects/other/versions") { Content = new StringContent(RegistryClient.Body(Teacher)) };
        request.Content.Headers.ContentType = new("application/json");
        request.Headers.Add("Confluent-Accept-Unknown-Properties", "true");
        using var response = await registry.Http.SendAsync(request, TestContext.Current.CancellationToken);
        var told = JsonSerializer.Deserialize<JsonElement>(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        var guid = told.GetProperty("guid").GetString();

        Assert.Equal(Teacher, (await registry.OkAsync("GET", $"/schemas/guids/{guid}")).GetProperty("schema").GetString());
        Assert.Equal("""[{"context":".","id":1}]""", (await registry.OkAsync("GET", $"/schemas/guids/{guid}/ids")).GetRawText());
        await registry.RefusedAsync(404, 40403, "GET", "/schemas/guids/" + Guid.Empty);
        await registry.RefusedAsync(404, 40403, "GET", "/schemas/guids/x");
    }

    [Fact]
    public async Task There_is_one_context() => Assert.Equal("[\".\"]", (await registry.OkAsync("GET", "/contexts")).GetRawText());
}
