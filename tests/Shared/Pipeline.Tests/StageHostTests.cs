using Confluent.Kafka;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using streamdistill;
using StreamDistill.Contracts;

namespace StreamDistill.Pipeline.Tests;

public sealed class StageHostTests(Cluster cluster)
{
    private readonly string input = Cluster.NewTopic("in");
    private readonly string output = Cluster.NewTopic("out");
    private readonly string group = Cluster.NewTopic("stage");

    [Fact]
    public async Task Every_record_is_processed_and_written_once()
    {
        using var host = cluster.Service(group, input, Echo);
        await cluster.WriteAsync(input, Prompts(500));
        await host.StartAsync();

        var records = await cluster.ReadAsync(output, 500);

        Assert.Equal(Ids(500), Cluster.Keys(records));
        await host.StopAsync();
    }

    [Fact]
    public async Task A_stopped_stage_goes_on_where_it_was()
    {
        await cluster.WriteAsync(input, Prompts(50));
        using (var first = cluster.Service(group, input, Echo))
        {
            await first.StartAsync();
            await cluster.ReadAsync(output, 50);
            await first.StopAsync();
        }

        await cluster.WriteAsync(input, Prompts(80).Skip(50));
        using var second = cluster.Service(group, input, Echo);
        await second.StartAsync();

        Assert.Equal(Ids(80), Cluster.Keys(await cluster.ReadAsync(output, 80)));
        await second.StopAsync();
    }

    [Fact]
    public async Task What_is_in_flight_when_a_stage_is_told_to_stop_is_finished_and_committed()
    {
        var started = new TaskCompletionSource();
        var release = new TaskCompletionSource();
        using var host = cluster.Service(group, input, async (unit, cancellation) =>
        {
            started.TrySetResult();
            await release.Task.WaitAsync(cancellation);
            return await Echo(unit, cancellation);
        });
        await cluster.WriteAsync(input, Prompts(3));
        await host.StartAsync();
        await started.Task.WaitAsync(TimeSpan.FromSeconds(60));

        var stopping = host.StopAsync();
        release.SetResult();
        await stopping;

        Assert.NotEmpty(await cluster.ReadAsync(output, 1));
    }

    [Fact]
    public async Task Records_written_as_one_unit_reach_the_next_stage_as_one_unit()
    {
        var middle = Cluster.NewTopic("middle");
        var sizes = new List<int>();
        using var splitter = cluster.Service(group, input, (unit, _) => Outputs(
            Enumerable.Range(0, 3).Select(i => new Output(middle, unit[0].Value.PromptId, unit[0].Value with { Attempt = i })).ToArray()));
        using var joiner = cluster.Service(group + "-2", middle, (unit, _) =>
        {
            lock (sizes)
            {
                sizes.Add(unit.Count);
            }

            Assert.Equal([0, 1, 2], unit.Select(record => record.Value.Attempt));
            return Outputs(new Output(output, unit[0].Value.PromptId, unit[0].Value));
        });
        await cluster.WriteAsync(input, Prompts(40));
        await splitter.StartAsync();
        await joiner.StartAsync();

        Assert.Equal(Ids(40), Cluster.Keys(await cluster.ReadAsync(output, 40)));
        Assert.Equal(Enumerable.Repeat(3, 40), sizes);
        await splitter.StopAsync();
        await joiner.StopAsync();
    }

    [Fact]
    public async Task Bytes_that_are_no_record_are_dead_letters_with_reason_and_source_and_the_rest_goes_on()
    {
        using var host = cluster.Service(group, input, Echo);
        await cluster.WriteAsync(input, "not-avro", [1, 2, 3]);
        await cluster.WriteAsync(input, "unknown-schema", [0, 0, 1, 134, 159, 2, 2]);
        await cluster.WriteAsync(input, "empty", []);
        await cluster.WriteAsync(input, "tombstone", null);
        await cluster.WriteAsync(input, Prompts(20));
        await host.StartAsync();

        var deadLetters = await cluster.ReadAsync(Topics.DeadLettersOf(input), 3);

        Assert.Equal(["empty", "not-avro", "unknown-schema"], Cluster.Keys(deadLetters));
        var letter = deadLetters.Find(record => record.Message.Value.AsSpan().SequenceEqual((byte[])[1, 2, 3]))!;
        Assert.Equal("undecodable", Cluster.Header(letter, "streamdistill-dlq-reason"));
        Assert.StartsWith(input + "/", Cluster.Header(letter, "streamdistill-dlq-source"), StringComparison.Ordinal);
        Assert.Equal(group, Cluster.Header(letter, "streamdistill-dlq-service"));
        Assert.NotEmpty(Cluster.Header(letter, "streamdistill-dlq-exception"));
        Assert.Equal(Ids(20), Cluster.Keys(await cluster.ReadAsync(output, 20)));
        await host.StopAsync();
    }

    [Fact]
    public async Task A_record_that_the_stage_cannot_process_is_a_dead_letter_with_the_stage_s_reason()
    {
        using var host = cluster.Service(group, input, (unit, cancellation) => unit[0].Value.PromptId switch
        {
            "p-0003" => throw new UnprocessableRecordException("unknown_verifier", "There is no verifier 'x'."),
            "p-0005" => throw new InvalidCastException("a bug"),
            _ => Echo(unit, cancellation),
        });
        await cluster.WriteAsync(input, Prompts(10));
        await host.StartAsync();

        var letters = await cluster.ReadAsync(Topics.DeadLettersOf(input), 2);

        Assert.Equal(["p-0003", "p-0005"], Cluster.Keys(letters));
        Assert.Equal(
            ["stage_failed", "unknown_verifier"],
            letters.Select(letter => Cluster.Header(letter, "streamdistill-dlq-reason")).Order(StringComparer.Ordinal));
        Assert.Equal(8, (await cluster.ReadAsync(output, 8)).Count);
        await host.StopAsync();
    }

    [Fact]
    public async Task An_output_larger_than_the_broker_takes_is_a_dead_letter()
    {
        using var host = cluster.Service(
            group,
            input,
            (unit, _) => Outputs(new Output(output, "k", unit[0].Value with { Source = new string('x', 5000) })),
            ("Pipeline:MaxOutputBytes", "4096"));
        await cluster.WriteAsync(input, Prompts(1));
        await host.StartAsync();

        var letter = Assert.Single(await cluster.ReadAsync(Topics.DeadLettersOf(input), 1));
        Assert.Equal("output_too_large", Cluster.Header(letter, "streamdistill-dlq-reason"));
        await host.StopAsync();
    }

    [Fact]
    public async Task A_passing_failure_starts_the_stage_again_and_nothing_is_lost_or_doubled()
    {
        var failures = 2;
        using var host = cluster.Service(group, input, (unit, cancellation) =>
            unit[0].Value.PromptId == "p-0100" && Interlocked.Decrement(ref failures) >= 0
                ? throw new StreamDistillException("The teacher is away.", isTransient: true)
                : Echo(unit, cancellation));
        await cluster.WriteAsync(input, Prompts(200));
        await host.StartAsync();

        Assert.Equal(Ids(200), Cluster.Keys(await cluster.ReadAsync(output, 200)));
        Assert.True(failures < 0);
        await host.StopAsync();
    }

    [Fact]
    public async Task A_slow_stage_holds_a_bounded_number_of_records_and_keeps_its_place_in_the_group()
    {
        var gate = new TaskCompletionSource();
        var inProcess = 0;
        using var host = cluster.Service(
            group,
            input,
            async (unit, cancellation) =>
            {
                Interlocked.Increment(ref inProcess);
                await gate.Task.WaitAsync(cancellation);
                return await Echo(unit, cancellation);
            },
            ("Pipeline:Parallelism", "4"),
            ("Pipeline:BatchUnits", "10"),
            ("Kafka:Consumer:max.poll.interval.ms", "6000"));
        await cluster.WriteAsync(input, Prompts(300));
        await host.StartAsync();
        await Task.Delay(TimeSpan.FromSeconds(12));

        Assert.Equal(4, inProcess);
        Assert.True(host.Services.GetRequiredService<HealthState>().IsReady);
        gate.SetResult();
        Assert.Equal(Ids(300), Cluster.Keys(await cluster.ReadAsync(output, 300)));
        await host.StopAsync();
    }

    [Fact]
    public async Task Members_that_join_and_leave_neither_lose_nor_double_a_record()
    {
        using var first = cluster.Service(group, input, Slow);
        using var second = cluster.Service(group, input, Slow);
        await first.StartAsync();
        await cluster.WriteAsync(input, Prompts(600));
        await cluster.ReadAsync(output, 50);
        await second.StartAsync();
        await cluster.ReadAsync(output, 300);
        await first.StopAsync();

        Assert.Equal(Ids(600), Cluster.Keys(await cluster.ReadAsync(output, 600)));
        await second.StopAsync();
    }

    [Fact]
    public async Task A_registry_that_is_away_delays_records_and_makes_no_dead_letters()
    {
        using var host = cluster.Service(group, input, Echo, ("SchemaRegistry:Url", "http://127.0.0.1:9"));
        await cluster.WriteAsync(input, Prompts(1));
        await host.StartAsync();
        var health = host.Services.GetRequiredService<HealthState>();

        // The first assignment makes it ready, the first failure to decode not.
        var giveUp = DateTime.UtcNow.AddSeconds(60);
        while (!health.Describe().ToString()!.Contains("restarting", StringComparison.Ordinal) && DateTime.UtcNow < giveUp)
        {
            await Task.Delay(100);
        }

        await host.StopAsync();
        Assert.Empty(await cluster.ReadAsync(Topics.DeadLettersOf(input), 0));
        using var healed = cluster.Service(group, input, Echo);
        await healed.StartAsync();
        Assert.Single(await cluster.ReadAsync(output, 1));
        await healed.StopAsync();
    }

    private static IEnumerable<Prompt> Prompts(int count) => Ids(count).Select(Cluster.Prompt);

    private static List<string> Ids(int count) => Enumerable.Range(0, count).Select(i => $"p-{i:D4}").ToList();

    private static ValueTask<IReadOnlyList<Output>> Outputs(params Output[] outputs) => ValueTask.FromResult<IReadOnlyList<Output>>(outputs);

    private ValueTask<IReadOnlyList<Output>> Echo(IReadOnlyList<Input<Prompt>> unit, CancellationToken cancellation) =>
        Outputs(new Output(output, unit[0].Value.PromptId, unit[0].Value));

    private async ValueTask<IReadOnlyList<Output>> Slow(IReadOnlyList<Input<Prompt>> unit, CancellationToken cancellation)
    {
        await Task.Delay(100, cancellation);
        return await Echo(unit, cancellation);
    }
}
