using System.Globalization;
using System.Reflection;
using System.Text.Json.Nodes;
using StreamDistill.Cli.Running;

namespace StreamDistill.Cli.Exporting;

/// <summary>manifest.json: what exactly the dataset was made of, and how to tell that its files are untouched.</summary>
internal static class Manifest
{
    /// <summary>This program's version.</summary>
    public static string Version =>
        typeof(Manifest).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown";

    public static JsonObject Of(RunOptions options, RunResult result, IReadOnlyList<WrittenFile> files)
    {
        var dataset = result.Dataset;
        var topics = new JsonObject();
        foreach (var topic in dataset.Ledger.Ranges.GroupBy(entry => entry.Partition.Topic, StringComparer.Ordinal))
        {
            var partitions = new JsonObject();
            foreach (var (partition, range) in topic)
            {
                partitions[partition.Partition.Value.ToString(CultureInfo.InvariantCulture)] = new JsonObject
                {
                    ["first_offset"] = range.First,
                    ["next_offset"] = range.Next,
                    ["records"] = range.Records,
                };
            }

            topics[topic.Key] = new JsonObject
            {
                ["schema_ids"] = Array(dataset.SchemaIds.GetValueOrDefault(topic.Key, []).Select(id => JsonValue.Create(id))),
                ["partitions"] = partitions,
            };
        }

        return new JsonObject
        {
            ["format"] = 1,
            ["made_by"] = "streamdistill " + Version,
            ["started_at"] = Time(result.StartedAt),
            ["finished_at"] = Time(result.DrainedAt),
            ["inputs"] = new JsonObject { ["prompts"] = options.Prompts, ["teacher"] = options.Teacher, ["model"] = options.Model },
            ["policy_hashes"] = Array(dataset.Statistics.PolicyHashes.Select(hash => JsonValue.Create(hash))),
            ["counts"] = new JsonObject
            {
                ["curated"] = dataset.Curated.Count,
                ["verified"] = dataset.Verified.Count,
                ["rejected"] = dataset.Rejected.Count,
                ["dead_letters"] = dataset.DeadLetters.Count,
            },
            ["topics"] = topics,
            ["files"] = Array(files.Select(file => new JsonObject
            {
                ["name"] = file.Name,
                ["records"] = file.Records,
                ["bytes"] = file.Bytes,
                ["sha256"] = file.Sha256,
            })),
        };
    }

    internal static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    private static JsonArray Array(IEnumerable<JsonNode?> nodes) => new([.. nodes]);
}
