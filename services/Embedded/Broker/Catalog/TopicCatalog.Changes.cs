using Microsoft.Extensions.Logging;
using StreamDistill.Contracts;
using StreamDistill.Embedded.Broker.Log;
using StreamDistill.Embedded.Broker.Protocol;

namespace StreamDistill.Embedded.Broker.Catalog;

/// <content>Making, deleting, growing and setting topics.</content>
internal sealed partial class TopicCatalog
{
    /// <summary>Makes a topic; it survives a power cut once this returns.</summary>
    /// <returns>None, or TopicAlreadyExists, InvalidTopic, InvalidPartitions, InvalidConfig, KafkaStorageError and a message.</returns>
    public (ErrorCode Error, string? Message) Create(string name, int partitions, IReadOnlyDictionary<string, string> settings, bool validateOnly = false)
    {
        lock (changing)
        {
            var problem = ProblemOfNew(name, partitions, settings);
            if (problem.Error != ErrorCode.None || validateOnly)
            {
                return problem;
            }

            var topic = new CatalogTopic(name, Guid.NewGuid(), partitions, new Dictionary<string, string>(settings));
            return OpenNew(topic, []);
        }
    }

    /// <summary>Deletes a topic with its records. Who still reads one of its logs gets an error.</summary>
    /// <returns>None, or UnknownTopicOrPartition, InvalidTopic, KafkaStorageError and a message.</returns>
    public (ErrorCode Error, string? Message) Delete(string name)
    {
        lock (changing)
        {
            if (Find(name) is not { } state)
            {
                return (ErrorCode.UnknownTopicOrPartition, $"There is no topic '{name}'.");
            }

            if (state.IsInternal)
            {
                return (ErrorCode.InvalidTopic, $"The topic '{name}' is the broker's own and cannot be deleted.");
            }

            var topic = content.Topics.Single(t => t.Name == name);
            var problem = Keep(content with { Topics = [.. content.Topics.Where(t => t.Name != name)] });
            if (problem.Error != ErrorCode.None)
            {
                return problem;
            }

            snapshot = new Snapshot(snapshot.ByName.Values.Where(t => t.Name != name));
            CloseAll(state.Partitions);
            folders.Remove(topic);
            return (ErrorCode.None, null);
        }
    }

    /// <summary>Gives a topic more partitions.</summary>
    /// <returns>None, or UnknownTopicOrPartition, InvalidTopic, InvalidPartitions, KafkaStorageError and a message.</returns>
    public (ErrorCode Error, string? Message) Grow(string name, int partitions, bool validateOnly = false)
    {
        lock (changing)
        {
            if (Find(name) is not { } state)
            {
                return (ErrorCode.UnknownTopicOrPartition, $"There is no topic '{name}'.");
            }

            if (state.IsInternal)
            {
                return (ErrorCode.InvalidTopic, $"The topic '{name}' is the broker's own and has one partition.");
            }

            if (partitions <= state.Partitions.Count)
            {
                return (ErrorCode.InvalidPartitions, $"The topic '{name}' has {state.Partitions.Count} partitions; it can only get more, {partitions} was asked for.");
            }

            if (ProblemOfCount(partitions, partitions - state.Partitions.Count) is { } problem)
            {
                return (ErrorCode.InvalidPartitions, problem);
            }

            var topic = content.Topics.Single(t => t.Name == name) with { Partitions = partitions };
            return validateOnly ? (ErrorCode.None, null) : OpenNew(topic, state.Partitions);
        }
    }

    /// <summary>Replaces what is set for a topic.</summary>
    /// <returns>None, or UnknownTopicOrPartition, InvalidConfig, KafkaStorageError and a message.</returns>
    public (ErrorCode Error, string? Message) Alter(
        string name, Func<IReadOnlyDictionary<string, string>, IReadOnlyDictionary<string, string>> change, bool validateOnly = false)
    {
        lock (changing)
        {
            if (Find(name) is not { } state)
            {
                return (ErrorCode.UnknownTopicOrPartition, $"There is no topic '{name}'.");
            }

            var settings = change(state.Settings);
            if (TopicSettings.Problem(settings) is { } wrong)
            {
                return (ErrorCode.InvalidConfig, wrong);
            }

            if (state.IsInternal && TopicSettings.Value(settings, TopicSettings.CleanupPolicy) != "compact")
            {
                return (ErrorCode.InvalidConfig, $"The topic '{name}' is the broker's own and is compacted.");
            }

            if (validateOnly)
            {
                return (ErrorCode.None, null);
            }

            var problem = Keep(content with { Topics = [.. content.Topics.Select(t => t.Name == name ? t with { Settings = settings } : t)] });
            if (problem.Error == ErrorCode.None)
            {
                Show(state with { Settings = settings });
                foreach (var log in state.Partitions)
                {
                    log.Options = TopicSettings.ToLogOptions(settings);
                }
            }

            return problem;
        }
    }

    /// <summary>Makes the partitions of a topic that it has not got yet, and keeps and shows it.</summary>
    private (ErrorCode Error, string? Message) OpenNew(CatalogTopic topic, IReadOnlyList<PartitionLog> existing)
    {
        IReadOnlyList<PartitionLog> added;
        try
        {
            folders.Make(topic, existing.Count);
            var opened = OpenLogs([.. Enumerable.Range(existing.Count, topic.Partitions - existing.Count).Select(p => (topic, p))]);
            added = [.. opened.OrderBy(l => l.Key.Item2).Select(l => l.Value)];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or StreamDistillException)
        {
            logger.LogWarning("The partitions of {Topic} cannot be made: {Reason}", topic.Name, e.Message);
            if (existing.Count == 0)
            {
                folders.Remove(topic);
            }

            return (ErrorCode.KafkaStorageError, $"The partitions of '{topic.Name}' cannot be made: {e.Message}");
        }

        var problem = Keep(content with { Topics = [.. content.Topics.Where(t => t.Name != topic.Name), topic] });
        if (problem.Error != ErrorCode.None)
        {
            // The file that the disk has now may name the topic: its directories stay until a start knows which it is.
            CloseAll(added);
            return problem;
        }

        Show(new TopicState(topic.Name, topic.Id, [.. existing, .. added], topic.Settings));
        return (ErrorCode.None, null);
    }

    private (ErrorCode Error, string? Message) ProblemOfNew(string name, int partitions, IReadOnlyDictionary<string, string> settings)
    {
        if (TopicNames.Problem(name) is { } badName)
        {
            return (ErrorCode.InvalidTopic, badName);
        }

        if (Find(name) is not null)
        {
            return (ErrorCode.TopicAlreadyExists, $"Topic '{name}' already exists.");
        }

        if (snapshot.ByName.Keys.FirstOrDefault(other => TopicNames.Collide(name, other)) is { } other)
        {
            return (ErrorCode.InvalidTopic, $"The topic '{name}' collides with '{other}': '.' and '_' count as the same.");
        }

        if (ProblemOfCount(partitions, partitions) is { } badCount)
        {
            return (ErrorCode.InvalidPartitions, badCount);
        }

        return TopicSettings.Problem(settings) is { } badSettings ? (ErrorCode.InvalidConfig, badSettings) : (ErrorCode.None, null);
    }

    private string? ProblemOfCount(int partitions, int added)
    {
        if (partitions < 1 || partitions > Options.TopicPartitionsMax)
        {
            return $"A topic has 1 to {Options.TopicPartitionsMax} partitions; {partitions} was asked for.";
        }

        var present = snapshot.ByName.Values.Sum(t => t.Partitions.Count);
        return present + added > Options.PartitionsMax
            ? $"This broker has {present} partitions and takes {Options.PartitionsMax}; {added} more was asked for."
            : null;
    }

    private (ErrorCode Error, string? Message) Keep(CatalogContent changed)
    {
        try
        {
            CatalogFile.Write(files, directory, changed);
            content = changed;
            return (ErrorCode.None, null);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            logger.LogError("The catalog cannot be written: {Reason}", e.Message);
            return (ErrorCode.KafkaStorageError, $"The catalog cannot be written: {e.Message}");
        }
    }

    private void Show(TopicState topic) => snapshot = new Snapshot(snapshot.ByName.Values.Where(t => t.Name != topic.Name).Append(topic));
}
