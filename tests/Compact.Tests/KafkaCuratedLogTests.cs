using System.Text;
using Confluent.Kafka;
using streamdistill;
using StreamDistill.Contracts;
using StreamDistill.Pipeline;

namespace StreamDistill.Compact.Tests;

public sealed class KafkaCuratedLogTests : EmbeddedKafka
{
    [Fact]
    public async Task Nothing_is_read_of_a_topic_that_is_missing_or_empty()
    {
        Assert.Empty(await ReadAllAsync());
        using var producer = new ProducerBuilder<byte[], byte[]?>(Clients.ProducerConfig("test")).Build();
        using var admin = new DependentAdminClientBuilder(producer.Handle).Build();
        admin.GetMetadata(Topics.Curated, TimeSpan.FromSeconds(10));
        Assert.Empty(await ReadAllAsync());
    }

    [Fact]
    public async Task All_partitions_are_read_to_their_ends_with_tombstones_in_place()
    {
        var serializer = new RecordSerializer(Clients);
        var maker = new ExampleMaker(new CompactOptions());
        using (var producer = new ProducerBuilder<byte[], byte[]?>(Clients.ProducerConfig("test")).Build())
        {
            for (var i = 0; i < 500; i++)
            {
                var example = maker.Make(Verdicts.Of($"p{i}", $"q{i}", "42")).Example;
                var key = Encoding.UTF8.GetBytes(example.ExampleId);
                producer.Produce(Topics.Curated, new() { Key = key, Value = await serializer.SerializeAsync(Topics.Curated, example) });
                if (i % 5 == 0)
                {
                    producer.Produce(Topics.Curated, new() { Key = key, Value = null });
                }
            }

            producer.Flush(TimeSpan.FromSeconds(30));
        }

        var records = await ReadAllAsync();

        Assert.Equal(600, records.Count);
        var left = new Dictionary<UInt128, TrainingExample?>();
        foreach (var (id, example) in records)
        {
            left[id] = example;
        }

        Assert.Equal(
            Enumerable.Range(0, 500).Where(i => i % 5 != 0).Select(i => $"p{i}").Order(StringComparer.Ordinal),
            left.Values.OfType<TrainingExample>().Select(example => example.PromptId).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_tombstone_of_something_that_is_no_example_is_passed_over()
    {
        using var producer = new ProducerBuilder<byte[], byte[]?>(Clients.ProducerConfig("test")).Build();
        await producer.ProduceAsync(Topics.Curated, new() { Key = "not an example's id"u8.ToArray(), Value = null });

        Assert.Empty(await ReadAllAsync());
    }

    [Fact]
    public async Task A_stage_that_reads_its_own_records_back_has_nothing_to_add()
    {
        var options = new CompactOptions { BestOf = 2 };
        var logger = Microsoft.Extensions.Logging.Abstractions.NullLogger<CompactStage>.Instance;
        var units = Enumerable.Range(0, 50).Select(i => Enumerable.Range(0, 4)
            .Select(sample => Verdicts.Of($"p{i}", $"Combien de caf\u00E9s {i % 40} ?", new string('x', 1 + (((i * 7) + sample) % 9)), completionId: $"c{sample}"))
            .ToList()).ToList();
        var stage = new CompactStage(options, Log, logger);
        await stage.OnAssignedAsync([], CancellationToken.None);
        var serializer = new RecordSerializer(Clients);
        using (var producer = new ProducerBuilder<byte[], byte[]?>(Clients.ProducerConfig("test")).Build())
        {
            foreach (var output in await ProcessAllAsync(stage, units))
            {
                var value = output.Value is null ? null : await serializer.SerializeAsync(output.Topic, output.Value);
                await producer.ProduceAsync(output.Topic, new() { Key = Encoding.UTF8.GetBytes(output.Key), Value = value });
            }
        }

        var restarted = new CompactStage(options, Log, logger);
        await restarted.OnAssignedAsync([], CancellationToken.None);

        Assert.Empty(await ProcessAllAsync(restarted, units));
    }

    [Fact]
    public async Task A_record_that_is_no_example_stops_the_start_and_says_where_it_is()
    {
        using (var producer = new ProducerBuilder<byte[], byte[]?>(Clients.ProducerConfig("test")).Build())
        {
            await producer.ProduceAsync(new TopicPartition(Topics.Curated, 2), new() { Key = "key"u8.ToArray(), Value = "not avro"u8.ToArray() });
        }

        var refusal = await Assert.ThrowsAsync<StreamDistillException>(ReadAllAsync);
        Assert.StartsWith("the record at curated [[2]] @0 ", refusal.Message, StringComparison.Ordinal);
        Assert.False(refusal.IsTransient);
    }

    private static async Task<List<Output>> ProcessAllAsync(CompactStage stage, IEnumerable<List<Input<Verdict>>> units)
    {
        var outputs = new List<Output>();
        foreach (var unit in units)
        {
            outputs.AddRange(await stage.ProcessAsync(unit, CancellationToken.None));
        }

        return outputs;
    }

    private async Task<List<CuratedRecord>> ReadAllAsync()
    {
        using var timeout = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        return await Log.ReadAsync(timeout.Token).ToListAsync(timeout.Token);
    }
}
