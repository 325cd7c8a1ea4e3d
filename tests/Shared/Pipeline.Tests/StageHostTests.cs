using Confluent.Kafka;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using streamdistill;
using StreamDistill.Contracts;

namespace StreamDistill.Pipeline.Tests;

/// <summary>What a stage does with records.</summary>
public sealed class StageHostTests(Cluster cluster) : StageTestBase(cluster)
{
    [Theory]
    [InlineData("ExactlyOnce")]
    [InlineData("AtLeastOnce")]
    public async Task Every_record_is_processed_and_written_once(string delivery)
    {
        using var host = Cluster.Service(Group, Input, Echo, ("Pipeline:Delivery", delivery));
        await Cluster.WriteAsync(Input, Prompts(500));
        await host.StartAsync();

        var records = await Cluster.ReadAsync(Output, 500);

        Assert.Equal(Ids(500), Tests.Cluster.Keys(records));
        await host.StopAsync();
    }

    [Theory]
    [InlineData("ExactlyOnce")]
    [InlineData("AtLeastOnce")]
    public async Task A_stopped_stage_goes_on_where_it_was(string delivery)
    {
        await Cluster.WriteAsync(Input, Prompts(50));
        using (var first = Cluster.Service(Group, Input, Echo, ("Pipeline:Delivery", delivery)))
        {
            await first.StartAsync();
            await Cluster.ReadAsync(Output, 50);
            await first.StopAsync();
        }

        await Cluster.WriteAsync(Input, Prompts(80).Skip(50));
        using var second = Cluster.Service(Group, Input, Echo, ("Pipeline:Delivery", delivery));
        await second.StartAsync();

        Assert.Equal(Ids(80), Tests.Cluster.Keys(await Cluster.ReadAsync(Output, 80)));
        await second.StopAsync();
    }

    [Fact]
    public async Task What_is_in_flight_when_a_stage_is_told_to_stop_is_finished_and_committed()
    {
        var started = new TaskCompletionSource();
        var release = new TaskCompletionSource();
        using var host = Cluster.Service(Group, Input, async (unit, cancellation) =>
        {
            started.TrySetResult();
            await release.Task.WaitAsync(cancellation);
            return await Echo(unit, cancellation);
        });
        await Cluster.WriteAsync(Input, Prompts(3));
        await host.StartAsync();
        await started.Task.WaitAsync(TimeSpan.FromSeconds(60));

        var stopping = host.StopAsync();
        release.SetResult();
        await stopping;

        Assert.NotEmpty(await Cluster.ReadAsync(Output, 1));
    }

    [Fact]
    public async Task Records_written_as_one_unit_reach_the_next_stage_as_one_unit()
    {
        var middle = Tests.Cluster.NewTopic("middle");
        var sizes = new List<int>();
        using var splitter = Cluster.Service(Group, Input, (unit, _) => Outputs(
            Enumerable.Range(0, 3).Select(i => new Output(middle, unit[0].Value.PromptId, unit[0].Value with { Attempt = i })).ToArray()));
        using var joiner = Cluster.Service(Group + "-2", middle, (unit, _) =>
        {
            lock (sizes)
            {
                sizes.Add(unit.Count);
            }

            Assert.Equal([0, 1, 2], unit.Select(record => record.Value.Attempt));
            return Outputs(new Output(Output, unit[0].Value.PromptId, unit[0].Value));
        });
        await Cluster.WriteAsync(Input, Prompts(40));
        await splitter.StartAsync();
        await joiner.StartAsync();

        Assert.Equal(Ids(40), Tests.Cluster.Keys(await Cluster.ReadAsync(Output, 40)));
        Assert.Equal(Enumerable.Repeat(3, 40), sizes);
        await splitter.StopAsync();
        await joiner.StopAsync();
    }
}
