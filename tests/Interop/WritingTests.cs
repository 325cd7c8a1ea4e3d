using System.Text.Json;
using Avro.Specific;
using streamdistill;

namespace StreamDistill.Interop;

public sealed class WritingTests(Cluster cluster)
{
    private const int Records = 64;

    [Theory]
    [InlineData("python")]
    [InlineData("node")]
    public async Task A_record_written_by_another_language_is_read_by_ours_and_its_key_goes_to_the_same_partition(string name)
    {
        var client = OtherClient.Called(name);
        await client.RequireAsync();
        var examples = Enumerable.Range(0, Records).Select(Examples.Example).ToList();
        var (ours, theirs) = (Cluster.NewTopic("curated"), Cluster.NewTopic("curated"));
        var expected = (await cluster.Ours.WriteAsync(ours, examples.Select(example => (example.ExampleId, (ISpecificRecord?)example)))).ToDictionary(record => record.Key);
        await cluster.Ours.RegisterAsync(theirs, TrainingExample._SCHEMA);

        var said = await client.RunAsync(client.Writer, [.. cluster.Ours.Addresses, theirs, "example_id"], string.Join('\n', examples.Select(RecordJson.Of)));

        Assert.Equal([$"{Records}"], said);
        var read = await cluster.Ours.ReadAsync<TrainingExample>(theirs);
        Assert.Equal(expected.Keys.Order(StringComparer.Ordinal), read.Select(record => record.Key).Order(StringComparer.Ordinal));
        Assert.All(read, record =>
        {
            var (written, found) = (expected[record.Key], record);
            Assert.Equal(written.Partition, found.Partition);
            using var one = JsonDocument.Parse(written.Value);
            using var other = JsonDocument.Parse(found.Value);
            Assert.True(JsonElement.DeepEquals(one.RootElement, other.RootElement), $"Written: {written.Value}\nRead:    {found.Value}");
        });
    }
}
