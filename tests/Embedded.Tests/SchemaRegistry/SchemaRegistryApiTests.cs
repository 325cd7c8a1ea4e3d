using System.Net;
using System.Text;
using System.Text.Json;

namespace StreamDistill.Embedded.Tests.SchemaRegistry;

public sealed class SchemaRegistryApiTests : IAsyncLifetime
{
    private const string V1 = """{"type":"record","name":"R","namespace":"n","fields":[{"name":"a","type":"int"}]}""";
    private const string V2 = """{"type":"record","name":"R","namespace":"n","fields":[{"name":"a","type":"int"},{"name":"b","type":"int","default":0}]}""";
    private const string Other = """{"type":"record","name":"R","namespace":"n","fields":[{"name":"a","type":"string"}]}""";

    private RegistryClient registry = null!;

    public async ValueTask InitializeAsync() => registry = await RegistryClient.StartAsync();

    public ValueTask DisposeAsync() => registry.DisposeAsync();

    [Fact]
    public async Task A_registered_schema_is_found_by_id_by_version_as_the_latest_and_by_itself()
    {
        var id = await registry.RegisterAsync("t-value", V1);
        var second = await registry.RegisterAsync("t-value", V2);

        Assert.Equal((1, 2), (id, second));
        Assert.Equal(V1, (await registry.OkAsync("GET", "/schemas/ids/1")).GetProperty("schema").GetString());
        Assert.Equal(V1, (await registry.OkAsync("GET", "/schemas/ids/1?subject=t-value")).GetProperty("schema").GetString());
        Assert.Equal(V1, (await registry.OkAsync("GET", "/schemas/ids/1/schema")).GetRawText());
        Assert.Equal("[1,2]", (await registry.OkAsync("GET", "/subjects/t-value/versions")).GetRawText());
        Assert.Equal("[\"t-value\"]", (await registry.OkAsync("GET", "/subjects")).GetRawText());
        Assert.Equal(V2, (await registry.OkAsync("GET", "/subjects/t-value/versions/latest/schema")).GetRawText());
        foreach (var found in new[]
        {
            await registry.OkAsync("GET", "/subjects/t-value/versions/2"),
            await registry.OkAsync("GET", "/subjects/t-value/versions/latest"),
            await registry.OkAsync("GET", "/subjects/t-value/versions/-1"),
            await registry.OkAsync("POST", "/subjects/t-value", RegistryClient.Body(V2)),
        })
        {
            Assert.Equal(
                ("t-value", 2, 2, V2),
                (found.GetProperty("subject").GetString(), found.GetProperty("version").GetInt32(), found.GetProperty("id").GetInt32(), found.GetProperty("schema").GetString()));
        }
    }

    [Fact]
    public async Task The_same_schema_has_one_id_however_it_is_spelt_and_wherever_it_is_registered()
    {
        const string respelt =
            """
            { "fields": [ { "type": {"type": "int"}, "name": "a", "order": "ascending" } ],
              "name": "n.R", "type": "record" }
            """;
        var id = await registry.RegisterAsync("one", V1);

        Assert.Equal(id, await registry.RegisterAsync("one", respelt));
        Assert.Equal(id, await registry.RegisterAsync("two", respelt));
        Assert.Equal("[1]", (await registry.OkAsync("GET", "/subjects/one/versions")).GetRawText());
        Assert.Equal("[\"one\",\"two\"]", (await registry.OkAsync("GET", $"/schemas/ids/{id}/subjects")).GetRawText());
        Assert.Equal(
            """[{"subject":"one","version":1},{"subject":"two","version":1}]""", (await registry.OkAsync("GET", $"/schemas/ids/{id}/versions")).GetRawText());
    }

    [Theory]
    [InlineData("""{"type":"record","name":"R","namespace":"n","doc":"said","fields":[{"name":"a","type":"int"}]}""")]
    [InlineData("""{"type":"record","name":"R","namespace":"n","fields":[{"name":"a","type":"int","doc":"said"}]}""")]
    [InlineData("""{"type":"record","name":"R","namespace":"n","fields":[{"name":"a","type":"int","default":7}]}""")]
    [InlineData("""{"type":"record","name":"R","namespace":"n","fields":[{"name":"a","type":"int","aliases":["z"]}]}""")]
    [InlineData("""{"type":"record","name":"R","namespace":"n","fields":[{"name":"a","type":{"type":"int","logicalType":"date"}}]}""")]
    [InlineData("""{"type":"record","name":"R","namespace":"m","fields":[{"name":"a","type":"int"}]}""")]
    [InlineData("""{"type":"record","name":"R","namespace":"n","fields":[{"name":"a","type":"int"}],"owner":"us"}""")]
    public async Task A_schema_that_says_anything_else_is_another(string other)
    {
        var id = await registry.RegisterAsync("s", V1);

        Assert.NotEqual(id, await registry.RegisterAsync("s", other));
        Assert.Equal(other, (await registry.OkAsync("GET", "/subjects/s/versions/2/schema")).GetRawText());
    }

    [Theory]
    [InlineData("string")]
    [InlineData("\"string\"")]
    [InlineData("{\"type\":\"string\"}")]
    public async Task A_primitive_type_is_a_schema(string schema)
    {
        await registry.RegisterAsync("s", schema);

        Assert.Equal("\"string\"", (await registry.OkAsync("GET", "/subjects/s/versions/1")).GetProperty("schema").GetString());
    }

    [Fact]
    public async Task Everything_that_a_schema_can_say_is_kept()
    {
        const string schema =
            """{"type":"record","name":"A","namespace":"x","doc":"d","aliases":["x.Old"],"fields":[{"name":"e","type":{"type":"enum","name":"E","doc":"é","symbols":["P","Q"],"default":"P"},"doc":"f"},{"name":"f","type":["null",{"type":"fixed","name":"F","namespace":"y","size":3,"logicalType":"duration"}],"default":null},{"name":"m","type":{"type":"map","values":{"type":"array","items":"y.F"}},"default":{},"order":"ignore"},{"name":"self","type":["null","A"],"default":null,"aliases":["me"],"unit":{"ms":1.50}},{"name":"e2","type":"E"}]}""";

        await registry.RegisterAsync("s", schema);

        Assert.Equal(schema, (await registry.OkAsync("GET", "/subjects/s/versions/1")).GetProperty("schema").GetString());
    }

    [Fact]
    public async Task A_client_that_takes_more_is_told_the_version_when_it_registers()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/subjects/s/versions?normalize=True") { Content = new StringContent(RegistryClient.Body(V1)) };
        request.Content.Headers.ContentType = new("application/json");
        request.Headers.Add("Confluent-Accept-Unknown-Properties", "true");

        using var response = await registry.Http.SendAsync(request, TestContext.Current.CancellationToken);

        var body = JsonSerializer.Deserialize<JsonElement>(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        Assert.Equal((1, 1), (body.GetProperty("id").GetInt32(), body.GetProperty("version").GetInt32()));
        Assert.Equal("""{"id":1}""", (await registry.OkAsync("POST", "/subjects/s/versions", RegistryClient.Body(V1))).GetRawText());
    }

    [Fact]
    public async Task What_is_not_there_is_told_apart()
    {
        await registry.RegisterAsync("s", V1);

        await registry.RefusedAsync(404, 40401, "GET", "/subjects/none/versions");
        await registry.RefusedAsync(404, 40401, "GET", "/subjects/none/versions/1");
        await registry.RefusedAsync(404, 40401, "POST", "/subjects/none", RegistryClient.Body(V1));
        await registry.RefusedAsync(404, 40401, "DELETE", "/subjects/none");
        await registry.RefusedAsync(404, 40401, "DELETE", "/subjects/none/versions/1");
        await registry.RefusedAsync(404, 40402, "GET", "/subjects/s/versions/2");
        await registry.RefusedAsync(404, 40402, "DELETE", "/subjects/s/versions/2");
        await registry.RefusedAsync(404, 40402, "POST", "/compatibility/subjects/s/versions/2", RegistryClient.Body(V1));
        await registry.RefusedAsync(404, 40403, "GET", "/schemas/ids/7");
        await registry.RefusedAsync(404, 40403, "POST", "/subjects/s", RegistryClient.Body(V2));
        await registry.RefusedAsync(404, 40408, "GET", "/config/s");
        await registry.RefusedAsync(404, 40408, "DELETE", "/config/s");
        await registry.RefusedAsync(404, 40409, "GET", "/mode/s");
        await registry.RefusedAsync(404, 404, "GET", "/nothing/here");
        await registry.RefusedAsync(404, 404, "GET", "/schemas/ids/x");
        await registry.RefusedAsync(405, 405, "PATCH", "/subjects");
    }

    [Theory]
    [InlineData("0")]
    [InlineData("-2")]
    [InlineData("x")]
    [InlineData("2147483648")]
    public async Task A_version_that_is_no_version_is_refused(string version)
    {
        await registry.RegisterAsync("s", V1);

        var message = await registry.RefusedAsync(422, 42202, "GET", $"/subjects/s/versions/{version}");

        Assert.Contains($"'{version}' is not a valid version id", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_subject_may_have_slashes_and_any_letters_but_no_control_characters()
    {
        await registry.RegisterAsync("a%2Fb%20%C3%A9", V1);

        Assert.Equal("a/b é", (await registry.OkAsync("GET", "/subjects"))[0].GetString());
        Assert.Equal("a/b é", (await registry.OkAsync("GET", "/subjects/a%2Fb%20%C3%A9/versions/1")).GetProperty("subject").GetString());
        await registry.RefusedAsync(422, 42208, "POST", "/subjects/a%0Ab/versions", RegistryClient.Body(V1));
    }

    [Fact]
    public async Task Subjects_are_listed_by_prefix()
    {
        await registry.RegisterAsync("a-value", V1);
        await registry.RegisterAsync("b-value", V1);

        Assert.Equal("[\"b-value\"]", (await registry.OkAsync("GET", "/subjects?subjectPrefix=b")).GetRawText());
    }

    [Fact]
    public async Task Only_avro_is_held()
    {
        Assert.Equal("[\"AVRO\"]", (await registry.OkAsync("GET", "/schemas/types")).GetRawText());
        await registry.OkAsync("POST", "/subjects/s/versions", RegistryClient.Body(V1, new { schemaType = "AVRO" }));

        var message = await registry.RefusedAsync(422, 42201, "POST", "/subjects/s/versions", RegistryClient.Body(V1, new { schemaType = "PROTOBUF" }));

        Assert.Contains("'PROTOBUF' is not supported here, only AVRO", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_deleted_version_is_hidden_and_its_data_stays_readable_until_it_is_deleted_for_good()
    {
        var first = await registry.RegisterAsync("s", V1);
        var second = await registry.RegisterAsync("s", V2);

        await registry.RefusedAsync(404, 40407, "DELETE", "/subjects/s/versions/1?permanent=true");
        Assert.Equal("1", (await registry.OkAsync("DELETE", "/subjects/s/versions/1")).GetRawText());
        await registry.RefusedAsync(404, 40406, "DELETE", "/subjects/s/versions/1");
        await registry.RefusedAsync(404, 40402, "GET", "/subjects/s/versions/1");
        Assert.Equal("[2]", (await registry.OkAsync("GET", "/subjects/s/versions")).GetRawText());
        Assert.Equal("[1,2]", (await registry.OkAsync("GET", "/subjects/s/versions?deleted=True")).GetRawText());
        Assert.Equal(V1, (await registry.OkAsync("GET", "/subjects/s/versions/1?deleted=true")).GetProperty("schema").GetString());
        Assert.Equal(V1, (await registry.OkAsync("GET", $"/schemas/ids/{first}")).GetProperty("schema").GetString());
        Assert.Equal("[]", (await registry.OkAsync("GET", $"/schemas/ids/{first}/subjects")).GetRawText());
        await registry.RefusedAsync(404, 40403, "POST", "/subjects/s", RegistryClient.Body(V1));

        Assert.Equal("1", (await registry.OkAsync("DELETE", "/subjects/s/versions/1?permanent=true")).GetRawText());
        await registry.RefusedAsync(404, 40403, "GET", $"/schemas/ids/{first}");
        Assert.Equal(V2, (await registry.OkAsync("GET", $"/schemas/ids/{second}")).GetProperty("schema").GetString());
    }

    [Fact]
    public async Task A_deleted_subject_is_hidden_and_forgets_its_level_and_a_new_version_counts_on()
    {
        var id = await registry.RegisterAsync("s", V1);
        await registry.OkAsync("PUT", "/config/s", """{"compatibility":"FULL"}""");

        await registry.RefusedAsync(404, 40405, "DELETE", "/subjects/s?permanent=true");
        Assert.Equal("[1]", (await registry.OkAsync("DELETE", "/subjects/s")).GetRawText());
        await registry.RefusedAsync(404, 40404, "DELETE", "/subjects/s");
        await registry.RefusedAsync(404, 40401, "GET", "/subjects/s/versions");
        await registry.RefusedAsync(404, 40408, "GET", "/config/s");
        Assert.Equal("[]", (await registry.OkAsync("GET", "/subjects")).GetRawText());
        Assert.Equal("[\"s\"]", (await registry.OkAsync("GET", "/subjects?deleted=true")).GetRawText());

        // A hidden version has no say in what is compatible, and the same schema keeps its id.
        Assert.NotEqual(id, await registry.RegisterAsync("s", Other));
        Assert.Equal("[2]", (await registry.OkAsync("GET", "/subjects/s/versions")).GetRawText());
        Assert.Equal(id, await registry.RegisterAsync("elsewhere", V1));

        await registry.OkAsync("DELETE", "/subjects/s");
        Assert.Equal("[1,2]", (await registry.OkAsync("DELETE", "/subjects/s?permanent=true")).GetRawText());
        Assert.Equal("[\"elsewhere\"]", (await registry.OkAsync("GET", "/subjects?deleted=true")).GetRawText());
    }

    [Fact]
    public async Task A_schema_refers_to_registered_ones_which_then_cannot_be_deleted()
    {
        await registry.RegisterAsync("teacher", """{"type":"record","name":"n.Teacher","fields":[{"name":"model","type":"string"}]}""");
        const string user = """{"type":"record","name":"Call","namespace":"n","fields":[{"name":"teacher","type":"Teacher"}]}""";
        var references = new { references = new[] { new { name = "n.Teacher", subject = "teacher", version = 1 } } };

        await registry.RefusedAsync(422, 42201, "POST", "/subjects/call/versions", RegistryClient.Body(user));
        var id = (await registry.OkAsync("POST", "/subjects/call/versions", RegistryClient.Body(user, references))).GetProperty("id").GetInt32();

        var found = await registry.OkAsync("GET", $"/schemas/ids/{id}");
        Assert.Equal(user, found.GetProperty("schema").GetString());
        Assert.Equal("""[{"name":"n.Teacher","subject":"teacher","version":1}]""", found.GetProperty("references").GetRawText());
        Assert.Equal("[2]", (await registry.OkAsync("GET", "/subjects/teacher/versions/1/referencedby")).GetRawText());
        await registry.RefusedAsync(422, 42206, "DELETE", "/subjects/teacher/versions/1");
        await registry.RefusedAsync(422, 42206, "DELETE", "/subjects/teacher");
        var message = await registry.RefusedAsync(
            422,
            42201,
            "POST",
            "/subjects/call/versions",
            RegistryClient.Body(user, new { references = new[] { new { name = "n.Teacher", subject = "teacher", version = 9 } } }));
        Assert.Contains("No schema reference found for subject \"teacher\" and version 9", message, StringComparison.Ordinal);

        // What the reference defines takes part in the comparison.
        await registry.RegisterAsync("other", """{"type":"record","name":"n.Teacher","fields":[{"name":"model","type":"long"}]}""");
        await registry.RefusedAsync(
            409,
            409,
            "POST",
            "/subjects/call/versions",
            RegistryClient.Body(user, new { references = new[] { new { name = "n.Teacher", subject = "other", version = 1 } } }));
    }

    [Theory]
    [InlineData("not json", 400, 400)]
    [InlineData("", 400, 400)]
    [InlineData("[]", 400, 400)]
    [InlineData("null", 400, 400)]
    [InlineData("{\"schema\":7}", 400, 400)]
    [InlineData("{\"schema\":\"\\ud800\"}", 400, 400)]
    [InlineData("{\"schema\":\"\\\"int\\\"\",\"id\":\"x\"}", 400, 400)]
    [InlineData("{}", 422, 42201)]
    [InlineData("{\"schema\":null}", 422, 42201)]
    [InlineData("{\"schema\":\"{\"}", 422, 42201)]
    [InlineData("{\"schema\":\"\\\"Unknown\\\"\"}", 422, 42201)]
    [InlineData("{\"schema\":\"\\\"int\\\"\",\"references\":7}", 422, 42201)]
    [InlineData("{\"schema\":\"\\\"int\\\"\",\"references\":[{\"name\":\"x\"}]}", 422, 42201)]
    [InlineData("{\"schema\":\"\\\"int\\\"\",\"version\":-7}", 422, 42202)]
    [InlineData("{\"schema\":\"\\\"int\\\"\",\"ruleSet\":{\"domainRules\":[]}}", 422, 422)]
    public async Task A_body_that_is_no_schema_is_refused(string body, int status, int code)
    {
        await registry.RefusedAsync(status, code, "POST", "/subjects/s/versions", body);

        Assert.Equal("[]", (await registry.OkAsync("GET", "/subjects")).GetRawText());
    }

    [Fact]
    public async Task Fields_that_a_client_does_not_use_come_as_null_and_are_taken() => await registry.OkAsync(
        "POST", "/subjects/s/versions", """{"schema":"\"int\"","references":null,"metadata":null,"ruleSet":null,"schemaType":null,"version":-1,"id":-1}""");

    [Fact]
    public async Task A_body_of_another_type_or_too_large_is_refused_and_the_registry_goes_on()
    {
        using var wrongType = await registry.Http.PostAsync(
            "/subjects/s/versions", new StringContent(RegistryClient.Body(V1), Encoding.UTF8, "text/xml"), TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.UnsupportedMediaType, wrongType.StatusCode);

        var huge = RegistryClient.Body(new string('x', 2 << 20));
        await registry.RefusedAsync(413, 413, "POST", "/subjects/s/versions", huge);

        var deep = string.Concat(Enumerable.Repeat("[", 100_000));
        await registry.RefusedAsync(400, 400, "POST", "/subjects/s/versions", deep);
        await registry.RefusedAsync(422, 42201, "POST", "/subjects/s/versions", RegistryClient.Body(deep));

        Assert.Equal(1, await registry.RegisterAsync("s", V1));
    }

    [Fact]
    public async Task Clients_that_register_at_the_same_time_get_the_same_id_for_the_same_schema()
    {
        var schemas = Enumerable.Range(0, 20).Select(i => V1.Replace("\"a\"", $"\"a{i % 5}\"", StringComparison.Ordinal)).ToList();
        await registry.OkAsync("PUT", "/config", """{"compatibility":"NONE"}""");

        var ids = await Task.WhenAll(schemas.Select(schema => registry.RegisterAsync("s", schema)));

        Assert.Equal(5, ids.Distinct().Count());
        Assert.All(Enumerable.Range(0, 20), i => Assert.Equal(ids[i % 5], ids[i]));
        Assert.Equal(5, (await registry.OkAsync("GET", "/subjects/s/versions")).GetArrayLength());
    }
}
