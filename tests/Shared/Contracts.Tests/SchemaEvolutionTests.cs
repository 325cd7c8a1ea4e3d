using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using Avro;
using StreamDistill.Embedded.SchemaRegistry;

namespace StreamDistill.Contracts.Tests;

/// <summary>
/// schemas/released holds every version that records were ever written with. A schema must stay compatible with all of
/// them in both directions (FULL_TRANSITIVE), or old topics cannot be replayed and old readers break.
/// </summary>
public sealed class SchemaEvolutionTests
{
    public static TheoryData<string> Records => [.. Topics.All.Where(topic => topic.Value is not null).Select(topic => topic.Value!.Name).Distinct()];

    [Theory]
    [MemberData(nameof(Records))]
    public void A_schema_reads_and_is_read_by_every_released_version(string record)
    {
        var current = Current(record);
        var released = Released(record);

        Assert.NotEmpty(released);
        foreach (var (version, schema) in released)
        {
            AssertCompatible(current, schema, $"{record} cannot read what version {version} wrote");
            AssertCompatible(schema, current, $"version {version} of {record} cannot read what the current one writes");
        }
    }

    [Theory]
    [MemberData(nameof(Records))]
    public void The_current_schema_is_released_before_it_is_used(string record)
    {
        var latest = Released(record).OrderBy(entry => entry.Version).Last();

        Assert.True(
            Schema.Parse(Current(record)).Equals(Schema.Parse(latest.Schema)),
            $"{record} has changed: add its self-contained schema as schemas/released/{record}/{latest.Version + 1}.avsc.");
    }

    [Fact]
    public void A_field_without_a_default_would_be_noticed()
    {
        var changed = JsonNode.Parse(Current("Prompt"))!;
        changed["fields"]!.AsArray().Add(JsonNode.Parse("""{ "name": "added", "type": "string" }"""));

        Assert.NotEmpty(SchemaCompatibility.Check(changed.ToJsonString(), Current("Prompt")));
    }

    [Fact]
    public void A_field_with_a_default_is_fine()
    {
        var changed = JsonNode.Parse(Current("Prompt"))!;
        changed["fields"]!.AsArray().Add(JsonNode.Parse("""{ "name": "added", "type": "string", "default": "" }"""));

        AssertCompatible(changed.ToJsonString(), Current("Prompt"), "new reads old");
        AssertCompatible(Current("Prompt"), changed.ToJsonString(), "old reads new");
    }

    private static void AssertCompatible(string reader, string writer, string what)
    {
        var incompatibilities = SchemaCompatibility.Check(reader, writer);
        Assert.True(incompatibilities.Count == 0, $"{what}: {string.Join("; ", incompatibilities)}");
    }

    private static string Current(string record) => Topics.All.First(topic => topic.Value?.Name == record).Value!.ToString();

    private static List<(int Version, string Schema)> Released(string record, [CallerFilePath] string here = "") =>
        Directory.GetFiles(Path.Combine(Path.GetDirectoryName(here)!, "../../../schemas/released", record), "*.avsc")
            .Select(path => (int.Parse(Path.GetFileNameWithoutExtension(path), System.Globalization.CultureInfo.InvariantCulture), File.ReadAllText(path)))
            .ToList();
}
