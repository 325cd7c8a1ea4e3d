using System.CommandLine;
using System.Globalization;
using Confluent.Kafka;
using Confluent.SchemaRegistry;
using StreamDistill.Cli.Exporting;
using StreamDistill.Cli.Kafka;
using StreamDistill.Cli.Supervision;
using StreamDistill.Contracts;

namespace StreamDistill.Cli.Commands;

/// <summary>Any topic as lines of JSON.</summary>
internal static class ExportCommand
{
    public static Command Create()
    {
        var topic = new Argument<string>("TOPIC") { Description = "Such as curated, rejected or prompts.dlq." };
        var output = new Option<string?>("--out") { Description = "The file to write; standard output without it." };
        var since = new Option<DateTimeOffset?>("--since") { Description = "Only records of this time or later, such as 2026-01-31T12:00Z." };
        var fromBeginning = new Option<bool>("--from-beginning") { Description = "Everything the broker has (the default without --since)." };
        var follow = new Option<bool>("--follow") { Description = "Go on with new records until stopped; otherwise export ends where the topic ended when it began." };
        var untilEnd = new Option<bool>("--until-end") { Description = "End where the topic ended when the export began (the default without --follow)." };
        var data = UpCommand.DataOption();
        var command = new Command("export", "Write a topic as JSON lines: key, value decoded by its schema, time, headers, position. Only committed records.") { topic, output, since, fromBeginning, follow, untilEnd, data };
        command.Validators.Add(result =>
        {
            if (result.GetValue(fromBeginning) && result.GetValue(since) is not null)
            {
                result.AddError("--from-beginning and --since contradict each other.");
            }

            if (result.GetValue(untilEnd) && result.GetValue(follow))
            {
                result.AddError("--until-end and --follow contradict each other.");
            }
        });
        command.SetGuardedAction(async (parsed, cancellationToken) =>
        {
            var endpoints = Endpoints.Find(parsed.GetRequiredValue(data));
            var path = parsed.GetValue(output);
            var isFollowing = parsed.GetValue(follow);
            var temporary = isFollowing ? path : path + ".tmp";
            await using (var file = path is null ? Console.OpenStandardOutput() : new FileStream(temporary!, FileMode.Create))
            {
                var count = await ExportAsync(endpoints, parsed.GetRequiredValue(topic), parsed.GetValue(since), isFollowing, file, cancellationToken);
                await Console.Error.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{count} records"));
            }

            if (path is not null && !isFollowing)
            {
                File.Move(temporary!, path, overwrite: true);
            }

            return ExitCode.Done;
        });
        return command;
    }

    private static async Task<long> ExportAsync(Endpoints endpoints, string topic, DateTimeOffset? since, bool follow, Stream file, CancellationToken cancellationToken)
    {
        using var registry = new CachedSchemaRegistryClient(new SchemaRegistryConfig { Url = endpoints.SchemaRegistryUrl });
        using var reader = new TopicReader(endpoints.BootstrapServers, [topic]);
        if (reader.Partitions.Count == 0)
        {
            throw new StreamDistillException($"There is no topic '{topic}' on {endpoints.BootstrapServers}. 'streamdistill topics' lists those of the pipeline.");
        }

        using var line = new JsonLine();
        var records = new AvroRecords(registry);
        var open = follow ? null : reader.Partitions.ToHashSet();
        long count = 0;
        try
        {
            await foreach (var record in reader.ReadAsync(Offset.Beginning, cancellationToken))
            {
                if (record.IsPartitionEOF)
                {
                    open?.Remove(record.TopicPartition);
                    await file.FlushAsync(cancellationToken);
                    if (open is { Count: 0 })
                    {
                        break;
                    }
                }
                else if (since is null || record.Message.Timestamp.UtcDateTime >= since.Value.UtcDateTime)
                {
                    var value = await ValueOfAsync(record, records);
                    file.Write(line.Write(json => RecordLine.Write(json, record, value)));
                    file.WriteByte((byte)'\n');
                    count++;
                }
            }
        }
        catch (OperationCanceledException) when (follow)
        {
            // Being stopped is how following ends.
        }

        return count;
    }

    /// <summary>The decoded value, or the bytes where they are not Avro, as on a dead-letter topic.</summary>
    private static async ValueTask<object?> ValueOfAsync(ConsumeResult<byte[], byte[]?> record, AvroRecords records)
    {
        if (record.Message.Value is not { } bytes || AvroRecords.SchemaIdOf(bytes) is null)
        {
            return record.Message.Value;
        }

        try
        {
            return await records.ReadAsync(bytes);
        }
        catch (Exception e) when (e is StreamDistillException or SchemaRegistryException)
        {
            return bytes;
        }
    }
}
