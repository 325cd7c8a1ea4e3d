using StreamDistill.Embedded.Broker.Catalog;
using StreamDistill.Embedded.Broker.Protocol;

namespace StreamDistill.Embedded.Broker.Handlers;

/// <summary>What is done to a setting, as IncrementalAlterConfigs numbers it.</summary>
internal enum SettingOperation : sbyte
{
    Set = 0,
    Delete = 1,
    Append = 2,
    Subtract = 3,
}

/// <summary>A change of one setting.</summary>
internal sealed record SettingChange(string Name, SettingOperation Operation, string? Value);

/// <summary>The changes of one resource's settings: all of them are done, or none.</summary>
internal sealed record ResourceChange(ConfigResource Resource, List<SettingChange> Settings)
{
    /// <summary>Reads the changes of a request.</summary>
    /// <param name="body">The request.</param>
    /// <param name="withOperation">Whether it says of each setting what to do with it, as IncrementalAlterConfigs does; AlterConfigs only sets.</param>
    public static List<ResourceChange> ReadAll(KafkaReader body, bool withOperation) => body.ReadArray(reader =>
    {
        var resource = ConfigResource.Read(reader);
        var settings = reader.ReadArray(inner =>
        {
            var setting = new SettingChange(inner.ReadString(), withOperation ? (SettingOperation)inner.ReadInt8() : SettingOperation.Set, inner.ReadNullableString());
            inner.SkipTags();
            return setting;
        });
        reader.SkipTags();
        return new ResourceChange(resource, settings);
    });

    /// <summary>Does the changes of a request and writes the answer, which AlterConfigs and IncrementalAlterConfigs have in common.</summary>
    /// <param name="catalog">Has the topics.</param>
    /// <param name="changes">By resource.</param>
    /// <param name="isWhole">Whether what is not named has its default again.</param>
    /// <param name="validateOnly">Whether only to say what would be.</param>
    /// <param name="response">Takes the answer.</param>
    public static void ApplyAll(TopicCatalog catalog, List<ResourceChange> changes, bool isWhole, bool validateOnly, KafkaWriter response)
    {
        response.WriteInt32(0);
        NamedOnce.WriteEach(response, changes, c => c.Resource, r => $"'{r.Name}'", c => c.Apply(catalog, isWhole, validateOnly), (w, change, result) =>
        {
            w.WriteError(result.Error);
            w.WriteString(result.Message);
            w.WriteInt8(change.Resource.Type);
            w.WriteString(change.Resource.Name);
            w.WriteNoTags();
        });
        response.WriteNoTags();
    }

    private static string? Problem(SettingChange change)
    {
        if (change.Operation is < SettingOperation.Set or > SettingOperation.Subtract)
        {
            return $"The operation {change.Operation} is not known: 0 sets, 1 deletes, 2 appends, 3 subtracts.";
        }

        if (change.Value is null && change.Operation != SettingOperation.Delete)
        {
            return $"The value of {change.Name} is null: only a deletion has none.";
        }

        return change.Operation >= SettingOperation.Append && TopicSettings.All.TryGetValue(change.Name, out var definition) && definition.Type != SettingType.List
            ? $"{change.Name} is not a list: it can be set and deleted."
            : null;
    }

    private (ErrorCode Error, string? Message) Apply(TopicCatalog catalog, bool isWhole, bool validateOnly)
    {
        if (Resource.IsThisBroker)
        {
            return (ErrorCode.InvalidRequest, "The broker's settings are given when it starts; they cannot be changed while it runs.");
        }

        if (Resource.Type != ConfigResource.Topic)
        {
            return Resource.Unknown();
        }

        if (Settings.CountBy(s => s.Name).FirstOrDefault(n => n.Value > 1).Key is { } repeated)
        {
            return (ErrorCode.InvalidRequest, $"{repeated} is in the request more than once.");
        }

        return Settings.Select(Problem).FirstOrDefault(p => p is not null) is { } problem
            ? (ErrorCode.InvalidConfig, problem)
            : catalog.Alter(Resource.Name, current => Change(isWhole ? new Dictionary<string, string>() : current), validateOnly);
    }

    private Dictionary<string, string> Change(IReadOnlyDictionary<string, string> current)
    {
        var changed = new Dictionary<string, string>(current);
        foreach (var (name, operation, value) in Settings)
        {
            switch (operation)
            {
                case SettingOperation.Delete:
                    changed.Remove(name);
                    break;
                case SettingOperation.Set:
                    changed[name] = value!;
                    break;
                default:
                    changed[name] = ChangeList(TopicSettings.All.ContainsKey(name) ? TopicSettings.Value(changed, name) : "", operation, value!);
                    break;
            }
        }

        return changed;
    }

    private static string ChangeList(string current, SettingOperation operation, string value)
    {
        var items = SettingDefinition.Split(current);
        var named = SettingDefinition.Split(value);
        return string.Join(',', operation == SettingOperation.Append ? items.Union(named) : items.Except(named));
    }
}
