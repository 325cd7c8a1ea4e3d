using Confluent.Kafka;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using streamdistill;
using StreamDistill.Contracts;

namespace StreamDistill.Pipeline.Tests;

/// <summary>Where records go that cannot be processed.</summary>
public sealed class DeadLetterTests(Cluster cluster) : StageTestBase(cluster)
{
    [Fact]
    public async Task Bytes_that_are_no_record_are_dead_letters_with_reason_and_source_and_the_rest_goes_on()
    {
        using var host = Cluster.Service(Group, Input, Echo);
        await Cluster.WriteAsync(Input, "not-avro", [1, 2, 3]);
        await Cluster.WriteAsync(Input, "unknown-schema", [0, 0, 1, 134, 159, 2, 2]);
        await Cluster.WriteAsync(Input, "empty", []);
        await Cluster.WriteAsync(Input, "tombstone", null);
        await Cluster.WriteAsync(Input, Prompts(20));
        await host.StartAsync();

        var deadLetters = await Cluster.ReadAsync(Topics.DeadLettersOf(Input), 3);

        Assert.Equal(["empty", "not-avro", "unknown-schema"], Tests.Cluster.Keys(deadLetters));
        var letter = deadLetters.Find(record => record.Message.Value.AsSpan().SequenceEqual((byte[])[1, 2, 3]))!;
        Assert.Equal("undecodable", Tests.Cluster.Header(letter, "streamdistill-dlq-reason"));
        Assert.StartsWith(Input + "/", Tests.Cluster.Header(letter, "streamdistill-dlq-source"), StringComparison.Ordinal);
        Assert.Equal(Group, Tests.Cluster.Header(letter, "streamdistill-dlq-service"));
        Assert.NotEmpty(Tests.Cluster.Header(letter, "streamdistill-dlq-exception"));
        Assert.Equal(Ids(20), Tests.Cluster.Keys(await Cluster.ReadAsync(Output, 20)));
        await host.StopAsync();
    }

    [Fact]
    public async Task A_record_that_the_stage_cannot_process_is_a_dead_letter_with_the_stage_s_reason()
    {
        using var host = Cluster.Service(Group, Input, (unit, cancellation) => unit[0].Value.PromptId switch
        {
            "p-0003" => throw new UnprocessableRecordException("unknown_verifier", "There is no verifier 'x'."),
            "p-0005" => throw new InvalidCastException("a bug"),
            _ => Echo(unit, cancellation),
        });
        await Cluster.WriteAsync(Input, Prompts(10));
        await host.StartAsync();

        var letters = await Cluster.ReadAsync(Topics.DeadLettersOf(Input), 2);

        Assert.Equal(["p-0003", "p-0005"], Tests.Cluster.Keys(letters));
        Assert.Equal(
            ["stage_failed", "unknown_verifier"],
            letters.Select(letter => Tests.Cluster.Header(letter, "streamdistill-dlq-reason")).Order(StringComparer.Ordinal));
        Assert.Equal(8, (await Cluster.ReadAsync(Output, 8)).Count);
        await host.StopAsync();
    }

    [Fact]
    public async Task An_output_larger_than_the_broker_takes_is_a_dead_letter()
    {
        using var host = Cluster.Service(
            Group,
            Input,
            (unit, _) => Outputs(new Output(Output, "k", unit[0].Value with { Source = new string('x', 5000) })),
            ("Pipeline:MaxOutputBytes", "4096"));
        await Cluster.WriteAsync(Input, Prompts(1));
        await host.StartAsync();

        var letter = Assert.Single(await Cluster.ReadAsync(Topics.DeadLettersOf(Input), 1));
        Assert.Equal("output_too_large", Tests.Cluster.Header(letter, "streamdistill-dlq-reason"));
        await host.StopAsync();
    }
}
