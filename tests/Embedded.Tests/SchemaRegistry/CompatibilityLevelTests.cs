
namespace StreamDistill.Embedded.Tests.SchemaRegistry;

public sealed class CompatibilityLevelTests : IAsyncLifetime
{
    private const string Plain = """{"type":"record","name":"R","fields":[{"name":"a","type":"int"}]}""";
    private const string Added = """{"type":"record","name":"R","fields":[{"name":"a","type":"int"},{"name":"b","type":"int"}]}""";
    private const string AddedWithDefault = """{"type":"record","name":"R","fields":[{"name":"a","type":"int"},{"name":"b","type":"int","default":0}]}""";
    private const string AddedOfAnotherType = """{"type":"record","name":"R","fields":[{"name":"a","type":"int"},{"name":"b","type":"string","default":""}]}""";
    private const string Removed = """{"type":"record","name":"R","fields":[]}""";
    private const string Changed = """{"type":"record","name":"R","fields":[{"name":"a","type":"string"}]}""";

    private RegistryClient registry = null!;

    public async ValueTask InitializeAsync() => registry = await RegistryClient.StartAsync();

    public ValueTask DisposeAsync() => registry.DisposeAsync();

    [Theory]
    [InlineData("NONE", true, true, true, true)]
    [InlineData("BACKWARD", true, false, true, false)]
    [InlineData("BACKWARD_TRANSITIVE", true, false, true, false)]
    [InlineData("FORWARD", true, true, false, false)]
    [InlineData("FORWARD_TRANSITIVE", true, true, false, false)]
    [InlineData("FULL", true, false, false, false)]
    [InlineData("FULL_TRANSITIVE", true, false, false, false)]
    public async Task A_level_lets_only_compatible_schemas_in(string level, bool withDefault, bool added, bool removed, bool changed)
    {
        await registry.OkAsync("PUT", "/config", $$"""{"compatibility":"{{level}}"}""");
        await registry.RegisterAsync("s", Plain);
        foreach (var (schema, allowed) in new[] { (AddedWithDefault, withDefault), (Added, added), (Removed, removed), (Changed, changed) })
        {
            var body = RegistryClient.Body(schema);
            foreach (var path in (string[])["/compatibility/subjects/s/versions", "/compatibility/subjects/s/versions/latest", "/compatibility/subjects/s/versions/1"])
            {
                Assert.Equal(allowed, (await registry.OkAsync("POST", path, body)).GetProperty("is_compatible").GetBoolean());
            }
        }

        if (!changed)
        {
            var message = await registry.RefusedAsync(409, 409, "POST", "/subjects/s/versions", RegistryClient.Body(Changed));
            Assert.Contains("incompatible with an earlier schema for subject \"s\"", message, StringComparison.Ordinal);
            Assert.Contains("'/fields/0/type'", message, StringComparison.Ordinal);
            Assert.Contains($"{{compatibility: '{level}'}}", message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("BACKWARD", true)]
    [InlineData("BACKWARD_TRANSITIVE", false)]
    [InlineData("FORWARD", true)]
    [InlineData("FORWARD_TRANSITIVE", false)]
    [InlineData("FULL", true)]
    [InlineData("FULL_TRANSITIVE", false)]
    public async Task A_transitive_level_compares_with_every_version_the_others_only_with_the_latest(string level, bool allowed)
    {
        // b goes and comes back as another type: it fits the version without it, not the one before.
        await registry.RegisterAsync("s", AddedWithDefault);
        await registry.RegisterAsync("s", Plain);
        await registry.OkAsync("PUT", "/config/s", $$"""{"compatibility":"{{level}}"}""");
        var body = RegistryClient.Body(AddedOfAnotherType);

        var answer = await registry.OkAsync("POST", "/compatibility/subjects/s/versions?verbose=true", body);
        var (status, _) = await registry.SendAsync("POST", "/subjects/s/versions", body);

        Assert.Equal(allowed, answer.GetProperty("is_compatible").GetBoolean());
        Assert.Equal(allowed ? 200 : 409, status);
        Assert.Equal(allowed, answer.GetProperty("messages").GetArrayLength() == 0);
        Assert.True(allowed || answer.GetProperty("messages")[0].GetString()!.Contains("version 1", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_subject_that_is_not_there_takes_any_schema_after_its_latest_version() =>
        Assert.True((await registry.OkAsync("POST", "/compatibility/subjects/none/versions/latest", RegistryClient.Body(Plain))).GetProperty("is_compatible").GetBoolean());

    [Fact]
    public async Task A_subjects_level_goes_before_the_registrys_and_can_be_taken_back()
    {
        Assert.Equal("""{"compatibilityLevel":"BACKWARD"}""", (await registry.OkAsync("GET", "/config")).GetRawText());
        Assert.Equal("""{"compatibility":"FULL"}""", (await registry.OkAsync("PUT", "/config", """{"compatibility":"full"}""")).GetRawText());
        Assert.Equal("""{"compatibility":"NONE"}""", (await registry.OkAsync("PUT", "/config/s", """{"compatibility":"NONE"}""")).GetRawText());
        Assert.Equal("""{"compatibilityLevel":"NONE"}""", (await registry.OkAsync("GET", "/config/s")).GetRawText());
        Assert.Equal("""{"compatibilityLevel":"FULL"}""", (await registry.OkAsync("GET", "/config/other?defaultToGlobal=true")).GetRawText());

        Assert.Equal("""{"compatibilityLevel":"NONE"}""", (await registry.OkAsync("DELETE", "/config/s")).GetRawText());
        Assert.Equal("""{"compatibilityLevel":"FULL"}""", (await registry.OkAsync("DELETE", "/config")).GetRawText());
        await registry.RefusedAsync(404, 40408, "GET", "/config/s");
        Assert.Equal("""{"compatibilityLevel":"BACKWARD"}""", (await registry.OkAsync("GET", "/config")).GetRawText());
    }

    [Theory]
    [InlineData("""{"compatibility":"SIDEWAYS"}""", 42203)]
    [InlineData("{}", 42203)]
    public async Task A_level_that_is_none_is_refused_with_those_that_are(string body, int code)
    {
        var message = await registry.RefusedAsync(422, code, "PUT", "/config", body);

        Assert.Contains("Valid values are NONE, BACKWARD, BACKWARD_TRANSITIVE", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_read_only_registry_takes_no_changes_but_back_to_writing()
    {
        await registry.RegisterAsync("s", Plain);
        Assert.Equal("""{"mode":"READWRITE"}""", (await registry.OkAsync("GET", "/mode")).GetRawText());
        Assert.Equal("""{"mode":"READONLY"}""", (await registry.OkAsync("PUT", "/mode", """{"mode":"readonly"}""")).GetRawText());

        await registry.RefusedAsync(422, 42205, "POST", "/subjects/s/versions", RegistryClient.Body(AddedWithDefault));
        await registry.RefusedAsync(422, 42205, "DELETE", "/subjects/s");
        await registry.RefusedAsync(422, 42205, "DELETE", "/subjects/s/versions/1");
        await registry.RefusedAsync(422, 42205, "PUT", "/config", """{"compatibility":"FULL"}""");
        await registry.OkAsync("GET", "/subjects/s/versions/1");

        await registry.OkAsync("PUT", "/mode/s", """{"mode":"READWRITE"}""");
        Assert.Equal(2, await registry.RegisterAsync("s", AddedWithDefault));
        Assert.Equal("""{"mode":"READWRITE"}""", (await registry.OkAsync("DELETE", "/mode/s")).GetRawText());
        Assert.Equal("""{"mode":"READONLY"}""", (await registry.OkAsync("GET", "/mode/s?defaultToGlobal=true")).GetRawText());
        await registry.RefusedAsync(404, 40409, "GET", "/mode/s");
        await registry.RefusedAsync(422, 42204, "PUT", "/mode", """{"mode":"SOMETIMES"}""");
    }

    [Fact]
    public async Task Schemas_are_imported_with_their_ids_and_versions_in_import_mode_only()
    {
        var import = RegistryClient.Body(Plain, new { id = 42, version = 7 });
        await registry.RefusedAsync(422, 42205, "POST", "/subjects/s/versions", import);
        await registry.OkAsync("PUT", "/mode", """{"mode":"IMPORT"}""");

        Assert.Equal("""{"id":42}""", (await registry.OkAsync("POST", "/subjects/s/versions", import)).GetRawText());
        Assert.Equal("""{"id":42}""", (await registry.OkAsync("POST", "/subjects/s/versions", import)).GetRawText());
        await registry.RefusedAsync(422, 42205, "POST", "/subjects/s/versions", RegistryClient.Body(Changed, new { id = 42, version = 8 }));
        await registry.RefusedAsync(422, 42205, "POST", "/subjects/s/versions", RegistryClient.Body(Changed, new { id = 43, version = 7 }));
        await registry.RefusedAsync(422, 42205, "POST", "/subjects/s/versions", RegistryClient.Body(Changed));
        Assert.Equal("[7]", (await registry.OkAsync("GET", "/subjects/s/versions")).GetRawText());

        await registry.OkAsync("PUT", "/mode", """{"mode":"READWRITE"}""");
        await registry.RefusedAsync(422, 42205, "PUT", "/mode", """{"mode":"IMPORT"}""");
        await registry.OkAsync("PUT", "/mode?force=true", """{"mode":"IMPORT"}""");
        await registry.OkAsync("PUT", "/mode", """{"mode":"READWRITE"}""");
        Assert.Equal(43, await registry.RegisterAsync("s", AddedWithDefault));
    }
}
