using StreamDistill.Embedded.Broker.Catalog;
using StreamDistill.Embedded.Broker.Handlers;
using StreamDistill.Embedded.Broker.Protocol;
using StreamDistill.Embedded.Tests.Broker.Catalog;

namespace StreamDistill.Embedded.Tests.Broker.Handlers;

/// <summary>DescribeConfigs, AlterConfigs and IncrementalAlterConfigs.</summary>
public sealed class ConfigHandlersTests : IDisposable
{
    private readonly TestCatalog test = new();

    public ConfigHandlersTests() => test.Catalog.Create("prompts", 1, new Dictionary<string, string> { ["retention.ms"] = "1000" });

    public void Dispose() => test.Dispose();

    private IReadOnlyDictionary<string, string> Settings => test.Catalog.Find("prompts")!.Settings;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Every_version_describes_a_topics_settings_with_their_sources(int version)
    {
        var (error, settings) = Describe(version, ConfigResource.Topic, "prompts", ["retention.ms", "cleanup.policy"]);

        Assert.Equal(ErrorCode.None, error);
        Assert.Equal(2, settings.Count);
        var (retention, policy) = (settings["retention.ms"], settings["cleanup.policy"]);
        Assert.Equal(("1000", false, (sbyte)1), (retention.Value, retention.IsReadOnly, retention.Source));
        Assert.Equal([("1000", (sbyte)1), ("604800000", (sbyte)5)], retention.Synonyms);
        Assert.Equal(("delete", (sbyte)5), (policy.Value, policy.Source));
        if (version >= 3)
        {
            Assert.Equal(((sbyte)5, (sbyte)7), (retention.Type, policy.Type));
            Assert.NotEmpty(retention.Documentation!);
        }
    }

    [Fact]
    public void Without_names_every_setting_is_described() =>
        Assert.Equal(TopicSettings.All.Keys.Order(), Describe(4, ConfigResource.Topic, "prompts", null).Settings.Keys.Order());

    [Fact]
    public void The_brokers_settings_are_read_only()
    {
        var (error, settings) = Describe(4, ConfigResource.Broker, "1", null);

        Assert.Equal(ErrorCode.None, error);
        Assert.All(settings.Values, s => Assert.Equal((true, (sbyte)4), (s.IsReadOnly, s.Source)));
        Assert.Equal(test.Directory, settings["log.dirs"].Value);
    }

    [Theory]
    [InlineData(2, "nowhere", ErrorCode.UnknownTopicOrPartition)]
    [InlineData(4, "2", ErrorCode.InvalidRequest)]
    [InlineData(8, "1", ErrorCode.InvalidRequest)]
    public void What_has_no_settings_is_an_error(int type, string name, object error)
    {
        Assert.Equal(error, Describe(4, (sbyte)type, name, null).Error);
        Assert.Equal(error, Alter(0, (sbyte)type, name, ("retention.ms", "1")));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public void AlterConfigs_replaces_all_that_is_set(int version)
    {
        Assert.Equal(ErrorCode.None, Alter(version, ConfigResource.Topic, "prompts", ("segment.bytes", "2048")));
        Assert.Equal(new Dictionary<string, string> { ["segment.bytes"] = "2048" }, Settings);

        Assert.Equal(ErrorCode.InvalidConfig, Alter(version, ConfigResource.Topic, "prompts", ("segment.bytes", "1")));
        Assert.Equal(ErrorCode.InvalidRequest, Alter(version, ConfigResource.Broker, "1", ("num.partitions", "1")));
        Assert.Equal(new Dictionary<string, string> { ["segment.bytes"] = "2048" }, Settings);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void IncrementalAlterConfigs_sets_deletes_appends_and_subtracts(int version)
    {
        Assert.Equal(ErrorCode.None, Increment(version, ("segment.bytes", 0, "2048"), ("retention.ms", 1, null), ("cleanup.policy", 2, "compact")));
        Assert.Equal(new Dictionary<string, string> { ["segment.bytes"] = "2048", ["cleanup.policy"] = "delete,compact" }, Settings);

        Assert.Equal(ErrorCode.None, Increment(version, ("cleanup.policy", 3, "delete")));
        Assert.Equal("compact", Settings["cleanup.policy"]);
        Assert.True(test.Catalog.Partition("prompts", 0)!.Options is { Compacts: true, Deletes: false });
    }

    [Theory]
    [InlineData("retention.ms", 2, "1", ErrorCode.InvalidConfig)]
    [InlineData("retention.ms", 0, null, ErrorCode.InvalidConfig)]
    [InlineData("retention.ms", 4, "1", ErrorCode.InvalidConfig)]
    [InlineData("no.such", 0, "1", ErrorCode.InvalidConfig)]
    [InlineData("no.such", 2, "1", ErrorCode.InvalidConfig)]
    [InlineData("cleanup.policy", 3, "delete", ErrorCode.InvalidConfig)]
    public void A_wrong_change_changes_nothing(string name, int operation, string? value, object error)
    {
        Assert.Equal(error, Increment(1, ("segment.bytes", 0, "2048"), (name, (sbyte)operation, value)));
        Assert.Equal(new Dictionary<string, string> { ["retention.ms"] = "1000" }, Settings);
    }

    private (ErrorCode Error, Dictionary<string, Setting> Settings) Describe(int version, sbyte type, string name, string[]? names)
    {
        var answer = new DescribeConfigsHandler(test.Catalog).Call(version, w =>
        {
            w.WriteArrayLength(1);
            w.WriteInt8(type);
            w.WriteString(name);
            w.WriteArray(names, (e, n) => e.WriteString(n));
            w.WriteNoTags();
            w.WriteBoolean(true);
            if (version >= 3)
            {
                w.WriteBoolean(true);
            }

            w.WriteNoTags();
        });
        Assert.Equal((0, 1), (answer.ReadInt32(), answer.ReadArrayLength()));
        var error = answer.ReadError();
        Assert.Equal(error == ErrorCode.None, answer.ReadNullableString() is null);
        Assert.Equal((type, name), (answer.ReadInt8(), answer.ReadString()));
        var settings = answer.ReadArray(r => ReadSetting(r, version));
        answer.ReadNoTags();
        answer.ReadEnd();
        return (error, settings.ToDictionary(s => s.Name));
    }

    private static Setting ReadSetting(KafkaReader reader, int version)
    {
        var (name, value, isReadOnly, source) = (reader.ReadString(), reader.ReadString(), reader.ReadBoolean(), reader.ReadInt8());
        Assert.False(reader.ReadBoolean());
        var synonyms = reader.ReadArray(r =>
        {
            Assert.Equal(name, r.ReadString());
            var synonym = (r.ReadString(), r.ReadInt8());
            r.ReadNoTags();
            return synonym;
        });
        var (type, documentation) = version >= 3 ? (reader.ReadInt8(), reader.ReadNullableString()) : ((sbyte)0, null);
        reader.ReadNoTags();
        return new Setting(name, value, isReadOnly, source, synonyms, type, documentation);
    }

    private ErrorCode Alter(int version, sbyte type, string name, params (string Name, string? Value)[] settings) =>
        ReadResult(type, name, new AlterConfigsHandler(test.Catalog).Call(version, w =>
        {
            w.WriteArrayLength(1);
            w.WriteInt8(type);
            w.WriteString(name);
            w.WriteArray(settings, (e, s) =>
            {
                e.WriteString(s.Name);
                e.WriteString(s.Value);
                e.WriteNoTags();
            });
            w.WriteNoTags();
            w.WriteBoolean(false);
            w.WriteNoTags();
        }));

    private ErrorCode Increment(int version, params (string Name, sbyte Operation, string? Value)[] settings) =>
        ReadResult(ConfigResource.Topic, "prompts", new IncrementalAlterConfigsHandler(test.Catalog).Call(version, w =>
        {
            w.WriteArrayLength(1);
            w.WriteInt8(ConfigResource.Topic);
            w.WriteString("prompts");
            w.WriteArray(settings, (e, s) =>
            {
                e.WriteString(s.Name);
                e.WriteInt8(s.Operation);
                e.WriteString(s.Value);
                e.WriteNoTags();
            });
            w.WriteNoTags();
            w.WriteBoolean(false);
            w.WriteNoTags();
        }));

    private static ErrorCode ReadResult(sbyte type, string name, KafkaReader answer)
    {
        Assert.Equal((0, 1), (answer.ReadInt32(), answer.ReadArrayLength()));
        var error = answer.ReadError();
        Assert.Equal(error == ErrorCode.None, answer.ReadNullableString() is null);
        Assert.Equal((type, name), (answer.ReadInt8(), answer.ReadString()));
        answer.ReadNoTags();
        answer.ReadEnd();
        return error;
    }

    private sealed record Setting(
        string Name, string Value, bool IsReadOnly, sbyte Source, List<(string Value, sbyte Source)> Synonyms, sbyte Type, string? Documentation);
}
