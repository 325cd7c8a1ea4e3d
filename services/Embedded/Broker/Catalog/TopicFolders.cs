using System.Globalization;
using Microsoft.Extensions.Logging;
using StreamDistill.Contracts;
using StreamDistill.Embedded.Broker.Log;

namespace StreamDistill.Embedded.Broker.Catalog;

/// <summary>
/// Where topics' files are: <c>topics/NAME.ID/PARTITION</c> below the data directory. The name (its first 200 characters) is for
/// people; the id is what keeps a topic that is made again from the files of the one that was deleted.
/// </summary>
internal sealed class TopicFolders(IFileSystem files, string dataDirectory, ILogger logger)
{
    private const int NameLengthMax = 200;
    private readonly string root = Path.Combine(dataDirectory, "topics");

    /// <summary>A partition's directory.</summary>
    public string Partition(CatalogTopic topic, int partition) => Path.Combine(Folder(topic), partition.ToString(CultureInfo.InvariantCulture));

    /// <summary>Makes the directories of a topic's partitions from one on; they survive a power cut once this returns.</summary>
    public void Make(CatalogTopic topic, int fromPartition)
    {
        for (var partition = fromPartition; partition < topic.Partitions; partition++)
        {
            Directory.CreateDirectory(Partition(topic, partition));
        }

        files.SyncDirectory(Folder(topic));
        files.SyncDirectory(root);
    }

    /// <summary>Removes a topic's files. What cannot be removed now is removed at the next start.</summary>
    public void Remove(CatalogTopic topic) => Remove(Folder(topic));

    /// <summary>Makes the files agree with the catalog: removes what a deletion or a creation left behind that was cut short.</summary>
    /// <exception cref="StreamDistillException">A partition of the catalog has no files: somebody removed them.</exception>
    public void Reconcile(IReadOnlyList<CatalogTopic> topics)
    {
        Directory.CreateDirectory(root);
        foreach (var topic in topics)
        {
            for (var partition = 0; partition < topic.Partitions; partition++)
            {
                if (!Directory.Exists(Partition(topic, partition)))
                {
                    throw new StreamDistillException(
                        $"The broker's directory {Partition(topic, partition)} is missing: the records of {topic.Name}-{partition} are gone. Restore it from a copy, or make it, empty, to go on without them.");
                }
            }

            foreach (var directory in Directory.EnumerateDirectories(Folder(topic)))
            {
                if (int.TryParse(Path.GetFileName(directory), NumberStyles.None, CultureInfo.InvariantCulture, out var partition) && partition >= topic.Partitions)
                {
                    Remove(directory);
                }
            }
        }

        var known = topics.Select(Folder).ToHashSet();
        foreach (var directory in Directory.EnumerateDirectories(root).Where(d => !known.Contains(d)))
        {
            Remove(directory);
        }
    }

    private string Folder(CatalogTopic topic) =>
        Path.Combine(root, $"{topic.Name[..Math.Min(topic.Name.Length, NameLengthMax)]}.{topic.Id:n}");

    private void Remove(string directory)
    {
        try
        {
            Directory.Delete(directory, recursive: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            logger.LogWarning("The files of a deleted topic stay in {Directory} until the next start: {Reason}", directory, e.Message);
        }
    }
}
