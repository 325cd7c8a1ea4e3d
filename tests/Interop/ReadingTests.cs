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
        var written = await cluster.Ours.WriteAsync(topic, records);
        Assert.Equal(records.Count, written.Count);

        await client.AssertReadsAsync(cluster.Ours, topic, written);
    }
}
