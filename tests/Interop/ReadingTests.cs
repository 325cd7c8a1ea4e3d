using System.Text.Json;
using Avro.Specific;

namespace StreamDistill.Interop;

public sealed class ReadingTests(Cluster cluster)
{
    private const int Records = 320;

    [Theory]
    [InlineData("python")]
    [InlineData("node")]
    public async Task Every_example_and_tombstone_of_curated_is_decoded_as_it_was_written(string client)
    {
        var examples = Enumerable.Range(0, Records).Select(Examples.Example).ToList();
        await DecodesAsync(client, "curated", [
            .. examples.Select(example => (example.ExampleId, (ISpecificRecord?)example)),
            .. examples.Take(20).Select(example => (example.ExampleId, (ISpecificRecord?)null))]);
    }

    [Theory]
    [InlineData("python")]
    [InlineData("node")]
    public async Task Every_verdict_of_verified_is_decoded_as_it_was_written(string client) =>
        await DecodesAsync(client, "verified", [.. Enumerable.Range(0, Records).Select(i => ($"p-{i / 4}", (ISpecificRecord?)Examples.Verdict(i)))]);

    private async Task DecodesAsync(string name, string topicName, IReadOnlyList<(string Key, ISpecificRecord? Value)> records)
    {
        var client = OtherClient.Called(name);
        await client.RequireAsync();
        var topic = Cluster.NewTopic(topicName);
        var written = (await cluster.WriteAsync(topic, records)).ToDictionary(record => (record.Partition, record.Offset));
        Assert.Equal(records.Count, written.Count);

        var lines = await client.RunAsync(client.Reader, [.. cluster.Addresses, topic, $"{records.Count}"]);

        foreach (var line in lines)
        {
            using var read = JsonDocument.Parse(line);
            var place = (read.RootElement.GetProperty("partition").GetInt32(), read.RootElement.GetProperty("offset").GetInt64());
            Assert.True(written.Remove(place, out var expected), $"Nothing was written at {place}, or it was read twice.");
            Assert.Equal(expected.Key, read.RootElement.GetProperty("key").GetString());
            using var value = JsonDocument.Parse(expected.Value);
            Assert.True(
                JsonElement.DeepEquals(value.RootElement, read.RootElement.GetProperty("value")),
                $"Written: {expected.Value}\nRead:    {line}");
        }

        Assert.Empty(written);
    }
}
