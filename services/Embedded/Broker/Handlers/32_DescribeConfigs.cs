using StreamDistill.Embedded.Broker.Catalog;
using StreamDistill.Embedded.Broker.Protocol;

namespace StreamDistill.Embedded.Broker.Handlers;

/// <summary>
/// DescribeConfigs, versions 1 to 4: the settings of topics, and those of the broker, which are read-only; with synonyms,
/// documentation and types. There are no loggers, client metrics or groups with settings of their own.
/// </summary>
internal sealed class DescribeConfigsHandler(TopicCatalog catalog) : Handler(ApiKey.DescribeConfigs, 1, 4, 4)
{
    public override ValueTask<bool> HandleAsync(Request request, KafkaWriter response, CancellationToken cancellationToken)
    {
        var version = request.Version;
        var resources = request.Body.ReadArray(r =>
        {
            var asked = (Resource: ConfigResource.Read(r), Names: r.ReadNullableArray(n => n.ReadString()));
            r.SkipTags();
            return asked;
        });
        var hasSynonyms = request.Body.ReadBoolean();
        var hasDocumentation = version >= 3 && request.Body.ReadBoolean();
        request.Body.SkipTags();

        response.WriteInt32(0);
        response.WriteArray(resources.DistinctBy(r => r.Resource).ToList(), (w, asked) =>
        {
            cancellationToken.ThrowIfCancellationRequested();
            var (error, message, settings) = Describe(asked.Resource);
            w.WriteError(error);
            w.WriteString(message);
            w.WriteInt8(asked.Resource.Type);
            w.WriteString(asked.Resource.Name);
            var wanted = asked.Names is { Count: > 0 } names ? settings.Where(s => names.Contains(s.Definition.Name)).ToList() : settings;
            w.WriteArray(wanted, (s, setting) => WriteSetting(s, version, setting, hasSynonyms, hasDocumentation));
            w.WriteNoTags();
        });
        response.WriteNoTags();
        return ValueTask.FromResult(true);
    }

    private static void WriteSetting(KafkaWriter writer, short version, Setting setting, bool hasSynonyms, bool hasDocumentation)
    {
        var definition = setting.Definition;
        writer.WriteString(definition.Name);
        writer.WriteString(setting.Value);
        writer.WriteBoolean(setting.Source == SettingSource.Broker);
        writer.WriteInt8((sbyte)setting.Source);
        writer.WriteBoolean(false);
        List<(string Value, SettingSource Source)> synonyms = setting.Source == SettingSource.Topic
            ? [(setting.Value, SettingSource.Topic), (definition.Default, SettingSource.Default)]
            : [(setting.Value, setting.Source)];
        writer.WriteArray(hasSynonyms ? synonyms : [], (w, synonym) =>
        {
            w.WriteString(definition.Name);
            w.WriteString(synonym.Value);
            w.WriteInt8((sbyte)synonym.Source);
            w.WriteNoTags();
        });
        if (version >= 3)
        {
            writer.WriteInt8((sbyte)definition.Type);
            writer.WriteString(hasDocumentation ? definition.Documentation : null);
        }

        writer.WriteNoTags();
    }

    private (ErrorCode Error, string? Message, List<Setting> Settings) Describe(ConfigResource resource)
    {
        if (resource.IsThisBroker)
        {
            return (ErrorCode.None, null, [.. BrokerSettings.Of(catalog).Select(d => new Setting(d, d.Default, SettingSource.Broker))]);
        }

        if (resource.Type != ConfigResource.Topic)
        {
            var (error, message) = resource.Unknown();
            return (error, message, []);
        }

        return catalog.Find(resource.Name) is { } topic
            ? (ErrorCode.None, null, [.. TopicSettings.All.Values.Select(d => topic.Settings.TryGetValue(d.Name, out var set)
                ? new Setting(d, set, SettingSource.Topic)
                : new Setting(d, d.Default, SettingSource.Default))])
            : (ErrorCode.UnknownTopicOrPartition, $"There is no topic '{resource.Name}'.", []);
    }

    private sealed record Setting(SettingDefinition Definition, string Value, SettingSource Source);
}
