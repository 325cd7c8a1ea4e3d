using System.Text.Json;
using Avro.Specific;
using streamdistill;
using StreamDistill.EndToEnd;

namespace StreamDistill.Interop;

public sealed class PipelineTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    [Theory]
    [InlineData("python")]
    [InlineData("node")]
    public async Task Every_record_that_the_running_system_curated_and_verified_is_decoded_as_we_decode_it(string name)
    {
        var client = OtherClient.Called(name);
        await client.RequireAsync();
        using var dataset = new Dataset();
        var (sample, data) = (dataset.PathOf("sample"), dataset.PathOf("data"));
        Assert.Equal(0, (await StreamDistillProcess.RunAsync("demo-sample", "--out", sample, "--prompts", "60", "--samples", "4")).ExitCode);
        using var up = StreamDistillProcess.Start(
            "up", "--teacher", "recorded:" + Path.Combine(sample, "completions.jsonl"), "--data", data, "--ingest-port", "0", "--broker-port", "0", "--registry-port", "0");
        await up.SaysAsync("Everything is up");
        var submitted = await StreamDistillProcess.RunAsync("submit", Path.Combine(sample, "prompts.jsonl"), "--data", data);
        Assert.True(submitted.ExitCode == 0, submitted.Output);
        using var ours = ClientOf(data);

        await client.AssertReadsAsync(ours, "verified", await SettledAsync<Verdict>(ours, "verified"));
        await client.AssertReadsAsync(ours, "curated", await SettledAsync<TrainingExample>(ours, "curated"));

        up.Signal("TERM");
        Assert.Equal(0, await up.ExitAsync());
    }

    /// <summary>The topic's records once there are some and no more come.</summary>
    private static async Task<IReadOnlyList<Placed>> SettledAsync<T>(OurClient ours, string topic)
        where T : class, ISpecificRecord
    {
        using var limit = new CancellationTokenSource(Patience);
        for (var before = 0; ;)
        {
            var records = await ours.ReadAsync<T>(topic);
            if (records.Count > 0 && records.Count == before)
            {
                return records;
            }

            before = records.Count;
            await Task.Delay(TimeSpan.FromSeconds(5), limit.Token);
        }
    }

    private static OurClient ClientOf(string data)
    {
        using var endpoints = JsonDocument.Parse(File.ReadAllText(Path.Combine(data, "endpoints.json")));
        return new OurClient(endpoints.RootElement.GetProperty("bootstrapServers").GetString()!, endpoints.RootElement.GetProperty("schemaRegistryUrl").GetString()!);
    }
}
