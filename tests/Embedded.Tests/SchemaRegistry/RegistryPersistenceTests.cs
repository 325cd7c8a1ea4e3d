using System.Text;
using StreamDistill.Embedded.SchemaRegistry;

namespace StreamDistill.Embedded.Tests.SchemaRegistry;

public sealed class RegistryPersistenceTests
{
    private static readonly SchemaRequest Int = new("\"int\"", []);
    private static readonly SchemaRequest Text = new("\"string\"", []);
    private static readonly SchemaRequest Bytes = new("\"bytes\"", []);

    private readonly FakeTopic topic = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Everything_is_as_it_was_after_a_restart()
    {
        var before = await StartAsync();
        await before.SetLevelAsync(SubjectStore.AllSubjects, CompatibilityLevel.None, Ct);
        await before.SetLevelAsync("a", CompatibilityLevel.FullTransitive, Ct);
        await before.RegisterAsync("gone", Int, Ct);
        await before.RegisterAsync("hidden", Text, Ct);
        await before.RegisterAsync("hidden", Bytes, Ct);
        await before.RegisterAsync("a", Int, Ct);
        await before.RegisterAsync("b", new SchemaRequest("""{"type":"record","name":"R","fields":[]}""", []), Ct);
        await before.RegisterAsync("c", new SchemaRequest("""["null","R"]""", [new Reference("R", "b", 1)]), Ct);
        await before.DeleteSubjectAsync("gone", permanent: false, Ct);
        await before.DeleteSubjectAsync("gone", permanent: true, Ct);
        await before.DeleteVersionAsync("hidden", 1, permanent: false, Ct);
        await before.SetModeAsync("a", RegistryMode.ReadOnly, force: false, Ct);

        var after = await StartAsync();

        foreach (var registry in new[] { before, after })
        {
            Assert.Equal(["a", "b", "c", "hidden"], registry.Subjects("", withDeleted: true));
            Assert.Equal([(1, 2, true), (2, 3, false)], registry.Versions("hidden", withDeleted: true).Select(version => (version.Version, version.Id, version.IsDeleted)));
            Assert.Equal(1, registry.Version("a", null, withDeleted: false).Id);
            Assert.Equal([5], registry.ReferencedBy("b", 1));
            Assert.Equal(CompatibilityLevel.None, registry.Level("b", orDefault: true));
            Assert.Equal(CompatibilityLevel.FullTransitive, registry.Level("a", orDefault: false));
            Assert.Equal(RegistryMode.ReadOnly, registry.Mode("a", orDefault: false));
            Assert.Equal(5, registry.MaxId);
        }

        Assert.Equal(6, (await after.RegisterAsync("new", new SchemaRequest("\"long\"", []), Ct)).Id);
    }

    [Fact]
    public async Task An_id_is_never_given_again_even_when_compaction_removed_its_schema()
    {
        var before = await StartAsync();
        await before.RegisterAsync("s", Int, Ct);
        await before.DeleteSubjectAsync("s", permanent: false, Ct);
        await before.DeleteSubjectAsync("s", permanent: true, Ct);
        topic.Compact();

        var after = await StartAsync();

        Assert.Empty(after.Subjects("", withDeleted: true));
        Assert.Equal((1, 2), await PlaceAsync(after.RegisterAsync("s", Text, Ct)));
    }

    [Fact]
    public async Task A_subject_that_was_deleted_and_registered_again_stays_so_after_compaction()
    {
        var before = await StartAsync();
        await before.RegisterAsync("s", Int, Ct);
        await before.DeleteSubjectAsync("s", permanent: false, Ct);
        await before.RegisterAsync("s", Text, Ct);
        topic.Compact();

        var after = await StartAsync();

        Assert.Equal([(1, true), (2, false)], after.Versions("s", withDeleted: true).Select(version => (version.Version, version.IsDeleted)));
    }

    [Fact]
    public async Task The_records_are_those_of_confluents_registry()
    {
        var registry = await StartAsync();
        await registry.SetLevelAsync(SubjectStore.AllSubjects, CompatibilityLevel.Full, Ct);
        await registry.RegisterAsync("b", new SchemaRequest("""{"type":"record","name":"R","fields":[]}""", []), Ct);
        await registry.RegisterAsync("c", new SchemaRequest("\"R\"", [new Reference("R", "b", 1)]), Ct);
        await registry.SetModeAsync("c", RegistryMode.ReadWrite, force: false, Ct);
        await registry.DeleteSubjectAsync("c", permanent: false, Ct);
        await registry.DeleteSubjectAsync("c", permanent: true, Ct);
        await registry.DeleteVersionAsync("b", 1, permanent: false, Ct);
        await registry.SetLevelAsync(SubjectStore.AllSubjects, null, Ct);

        Assert.Equal(
            [
                """{"keytype":"CONFIG","subject":null,"magic":0} {"subject":null,"compatibilityLevel":"FULL"}""",
                """{"keytype":"SCHEMA","subject":"b","version":1,"magic":1} {"subject":"b","version":1,"id":1,"schema":"{\"type\":\"record\",\"name\":\"R\",\"fields\":[]}","deleted":false}""",
                """{"keytype":"SCHEMA","subject":"c","version":1,"magic":1} {"subject":"c","version":1,"id":2,"references":[{"name":"R","subject":"b","version":1}],"schema":"\"R\"","deleted":false}""",
                """{"keytype":"MODE","subject":"c","magic":0} {"subject":"c","mode":"READWRITE"}""",
                """{"keytype":"DELETE_SUBJECT","subject":"c","magic":0} {"subject":"c","version":1}""",
                """{"keytype":"MODE","subject":"c","magic":0} null""",
                """{"keytype":"SCHEMA","subject":"c","version":1,"magic":1} null""",
                """{"keytype":"NOOP","magic":0} {"nextId":3}""",
                """{"keytype":"SCHEMA","subject":"b","version":1,"magic":1} {"subject":"b","version":1,"id":1,"schema":"{\"type\":\"record\",\"name\":\"R\",\"fields\":[]}","deleted":true}""",
                """{"keytype":"CONFIG","subject":null,"magic":0} null""",
            ],
            topic.Records.Select(record => Encoding.UTF8.GetString(record.Key) + " " + (record.Value is { } value ? Encoding.UTF8.GetString(value) : "null")));
    }

    [Fact]
    public async Task A_write_that_fails_changes_nothing()
    {
        var registry = await StartAsync();
        await registry.RegisterAsync("s", Int, Ct);

        topic.Next = FakeTopic.Fault.LostBeforeItWasKept;
        var error = await Assert.ThrowsAnyAsync<RegistryException>(() => registry.DeleteSubjectAsync("s", permanent: false, Ct));

        Assert.Equal((500, 50002), (error.Status, error.ErrorCode));
        Assert.Single(registry.Versions("s", withDeleted: false));
        Assert.Equal((1, 2), await PlaceAsync(registry.RegisterAsync("t", Text, Ct)));
    }

    [Fact]
    public async Task A_write_whose_answer_was_lost_is_known_before_the_next_change()
    {
        var registry = await StartAsync();
        topic.Next = FakeTopic.Fault.AnswerLostAfterItWasKept;
        await Assert.ThrowsAnyAsync<RegistryException>(() => registry.RegisterAsync("s", Int, Ct));

        // Without it the two would have the same id.
        Assert.Equal((1, 2), await PlaceAsync(registry.RegisterAsync("t", Text, Ct)));
        Assert.Equal((1, 1), await PlaceAsync(registry.RegisterAsync("s", Int, Ct)));
        Assert.Equal(2, topic.Records.Count);
    }

    [Fact]
    public async Task A_registry_that_stops_between_writing_and_answering_has_registered()
    {
        topic.Next = FakeTopic.Fault.AnswerLostAfterItWasKept;
        await Assert.ThrowsAnyAsync<RegistryException>(async () => await (await StartAsync()).RegisterAsync("s", Int, Ct));

        var after = await StartAsync();

        Assert.Equal(1, after.Version("s", 1, withDeleted: false).Id);
        Assert.Equal((2, 2), await PlaceAsync(after.RegisterAsync("s", new SchemaRequest("\"long\"", []), Ct)));
    }

    [Fact]
    public async Task Two_registries_on_one_topic_never_give_an_id_twice()
    {
        var first = await StartAsync();
        var second = await StartAsync();

        Assert.Equal((1, 1), await PlaceAsync(first.RegisterAsync("a", Int, Ct)));
        Assert.Equal((1, 2), await PlaceAsync(second.RegisterAsync("b", Text, Ct)));
        Assert.Equal((1, 3), await PlaceAsync(first.RegisterAsync("c", Bytes, Ct)));
        Assert.Equal((1, 2), await PlaceAsync(first.RegisterAsync("b", Text, Ct)));
        Assert.Equal(3, topic.Records.Count);
    }

    [Fact]
    public async Task Asking_for_what_is_there_writes_nothing()
    {
        var registry = await StartAsync();
        await registry.SetLevelAsync("s", CompatibilityLevel.Full, Ct);
        await registry.RegisterAsync("s", Int, Ct);
        var written = topic.Records.Count;

        await registry.RegisterAsync("s", new SchemaRequest("""{ "type": "int" }""", []), Ct);
        await registry.SetLevelAsync("s", CompatibilityLevel.Full, Ct);

        Assert.Equal(written, topic.Records.Count);
    }

    [Theory]
    [InlineData("{\"keytype\":\"CONTEXT\"}", "{}", "'CONTEXT'")]
    [InlineData("{\"keytype\":\"SCHEMA\",\"subject\":\"s\",\"version\":1}", "{\"id\":1,\"schema\":\"x\",\"schemaType\":\"JSON\"}", "'JSON' is not supported")]
    [InlineData("{\"keytype\":\"SCHEMA\",\"subject\":\"s\",\"version\":1}", "{\"id\":1}", "no schema")]
    [InlineData("{\"keytype\":\"CONFIG\",\"subject\":\"s\"}", "{\"compatibilityLevel\":\"UP\"}", "'UP'")]
    [InlineData("not json", "{}", "")]
    [InlineData("[]", "{}", "")]
    public void A_record_that_is_not_known_is_refused_and_not_passed_over(string key, string value, string reason)
    {
        var error = Assert.Throws<InvalidDataException>(() => SchemasRecordRead(key, value));

        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
    }

    private static object? SchemasRecordRead(string key, string value) =>
        StreamDistill.Embedded.SchemaRegistry.Storage.SchemasRecord.Read(Encoding.UTF8.GetBytes(key), Encoding.UTF8.GetBytes(value));

    private static async Task<(int Version, int Id)> PlaceAsync(Task<SchemaVersion> registered)
    {
        var version = await registered;
        return (version.Version, version.Id);
    }

    private async Task<Registry> StartAsync()
    {
        var registry = new Registry(CompatibilityLevel.None, topic.Connect(), TimeSpan.FromSeconds(5));
        await registry.OpenAsync(Ct);
        return registry;
    }
}
