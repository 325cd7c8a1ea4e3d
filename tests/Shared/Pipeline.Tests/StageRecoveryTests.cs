using Confluent.Kafka;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using streamdistill;
using StreamDistill.Contracts;

namespace StreamDistill.Pipeline.Tests;

/// <summary>Failures, slowness and changes of the group: nothing is lost or doubled.</summary>
public sealed class StageRecoveryTests(Cluster cluster) : StageTestBase(cluster)
{
    [Fact]
    public async Task A_passing_failure_starts_the_stage_again_and_nothing_is_lost_or_doubled()
    {
        var failures = 2;
        using var host = Cluster.Service(Group, Input, (unit, cancellation) =>
            unit[0].Value.PromptId == "p-0100" && Interlocked.Decrement(ref failures) >= 0
                ? throw new StreamDistillException("The teacher is away.", isTransient: true)
                : Echo(unit, cancellation));
        await Cluster.WriteAsync(Input, Prompts(200));
        await host.StartAsync();

        Assert.Equal(Ids(200), Tests.Cluster.Keys(await Cluster.ReadAsync(Output, 200)));
        Assert.True(failures < 0);
        await host.StopAsync();
    }

    [Fact]
    public async Task At_least_once_what_could_not_be_written_is_read_again()
    {
        var isTooLarge = true;
        using var host = Cluster.Service(
            Group,
            Input,
            (unit, cancellation) => unit[0].Value.PromptId == "p-0010" && Interlocked.Exchange(ref isTooLarge, false)
                ? Outputs(new Output(Output, "large", unit[0].Value with { Task = new string('x', 100_000) }))
                : Echo(unit, cancellation),
            ("Pipeline:Delivery", "AtLeastOnce"),
            ("Kafka:Producer:message.max.bytes", "50000"));
        await Cluster.WriteAsync(Input, Prompts(20));
        await host.StartAsync();

        var keys = Tests.Cluster.Keys(await Cluster.ReadAsync(Output, 20));

        Assert.Equal(Ids(20), keys.Distinct());
        await host.StopAsync();
    }

    [Fact]
    public async Task A_slow_stage_holds_a_bounded_number_of_records_and_keeps_its_place_in_the_group()
    {
        var gate = new TaskCompletionSource();
        var inProcess = 0;
        using var host = Cluster.Service(
            Group,
            Input,
            async (unit, cancellation) =>
            {
                Interlocked.Increment(ref inProcess);
                await gate.Task.WaitAsync(cancellation);
                return await Echo(unit, cancellation);
            },
            ("Pipeline:Parallelism", "4"),
            ("Pipeline:BatchUnits", "10"),
            ("Kafka:Consumer:max.poll.interval.ms", "6000"));
        await Cluster.WriteAsync(Input, Prompts(300));
        await host.StartAsync();
        await Task.Delay(TimeSpan.FromSeconds(12));

        Assert.Equal(4, inProcess);
        Assert.True(host.Services.GetRequiredService<HealthState>().IsReady);
        gate.SetResult();
        Assert.Equal(Ids(300), Tests.Cluster.Keys(await Cluster.ReadAsync(Output, 300)));
        await host.StopAsync();
    }

    [Fact]
    public async Task Members_that_join_and_leave_neither_lose_nor_double_a_record()
    {
        using var first = Cluster.Service(Group, Input, Slow);
        using var second = Cluster.Service(Group, Input, Slow);
        await first.StartAsync();
        await Cluster.WriteAsync(Input, Prompts(600));
        await Cluster.ReadAsync(Output, 50);
        await second.StartAsync();
        await Cluster.ReadAsync(Output, 300);
        await first.StopAsync();

        Assert.Equal(Ids(600), Tests.Cluster.Keys(await Cluster.ReadAsync(Output, 600)));
        await second.StopAsync();
    }

    [Fact]
    public async Task A_registry_that_is_away_delays_records_and_makes_no_dead_letters()
    {
        using var host = Cluster.Service(Group, Input, Echo, ("SchemaRegistry:Url", "http://127.0.0.1:9"));
        await Cluster.WriteAsync(Input, Prompts(1));
        await host.StartAsync();
        var health = host.Services.GetRequiredService<HealthState>();

        // The first assignment makes it ready, the first failure to decode not.
        var giveUp = DateTime.UtcNow.AddSeconds(60);
        while (!health.Describe().ToString()!.Contains("restarting", StringComparison.Ordinal) && DateTime.UtcNow < giveUp)
        {
            await Task.Delay(100);
        }

        await host.StopAsync();
        Assert.Empty(await Cluster.ReadAsync(Topics.DeadLettersOf(Input), 0));
        using var healed = Cluster.Service(Group, Input, Echo);
        await healed.StartAsync();
        Assert.Single(await Cluster.ReadAsync(Output, 1));
        await healed.StopAsync();
    }

    private async ValueTask<IReadOnlyList<Output>> Slow(IReadOnlyList<Input<Prompt>> unit, CancellationToken cancellation)
    {
        await Task.Delay(100, cancellation);
        return await Echo(unit, cancellation);
    }
}
