using System.Text.Json;

namespace StreamDistill.Interop;

/// <summary>What another language's client must find in a topic.</summary>
internal static class OtherReader
{
    /// <summary>Has the client read all of the records, and compares each with what we know to stand in its place.</summary>
    public static async Task AssertReadsAsync(this OtherClient client, OurClient ours, string topic, IReadOnlyCollection<Placed> records)
    {
        var lines = await client.RunAsync(client.Reader, [.. ours.Addresses, topic, $"{records.Count}"]);

        var expected = records.ToDictionary(record => (record.Partition, record.Offset));
        foreach (var line in lines)
        {
            using var read = JsonDocument.Parse(line);
            var place = (read.RootElement.GetProperty("partition").GetInt32(), read.RootElement.GetProperty("offset").GetInt64());
            Assert.True(expected.Remove(place, out var record), $"Nothing was written at {place}, or it was read twice.");
            Assert.Equal(record.Key, read.RootElement.GetProperty("key").GetString());
            using var value = JsonDocument.Parse(record.Value);
            Assert.True(JsonElement.DeepEquals(value.RootElement, read.RootElement.GetProperty("value")), $"Written: {record.Value}\nRead:    {line}");
        }

        Assert.Empty(expected);
    }
}
