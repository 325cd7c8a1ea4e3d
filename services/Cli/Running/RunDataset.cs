using System.Globalization;
using Confluent.Kafka;
using streamdistill;
using StreamDistill.Cli.Exporting;
using StreamDistill.Cli.Kafka;
using StreamDistill.Contracts;

namespace StreamDistill.Cli.Running;

/// <summary>
/// Takes every record of the run as it is read, keeps its line on disk and its numbers in memory: about 200 bytes for each
/// completion and each prompt, however long they are.
/// </summary>
internal sealed class RunDataset : IDisposable
{
    private readonly AvroRecords records;
    private readonly Recording? recording;
    private readonly JsonLine line = new();
    private readonly Dictionary<string, DateTime> submittedAt = new(StringComparer.Ordinal);

    public RunDataset(string directory, AvroRecords records, int attemptsMax, Recording? recording)
    {
        (this.records, this.recording) = (records, recording);
        Fates = new PromptFates(attemptsMax);
        Curated = new SpoolFile(Path.Combine(directory, "curated"));
        Verified = new SpoolFile(Path.Combine(directory, "verified"));
        Rejected = new SpoolFile(Path.Combine(directory, "rejected"));
        DeadLetters = new SpoolFile(Path.Combine(directory, "deadletters"));
    }

    /// <summary>The topics that are read.</summary>
    public static IReadOnlyList<string> ReadTopics { get; } = [.. Topics.All.Select(topic => topic.Name).Where(name => name != Topics.Checkpoints)];

    /// <summary>Held while any of the following is used: records are taken on one task, prompts are fed on another.</summary>
    public Lock Gate { get; } = new();

    public PromptFates Fates { get; }

    public PartitionLedger Ledger { get; } = new();

    public RunStatistics Statistics { get; } = new();

    public LabelAgreement Labels { get; } = new();

    public SpoolFile Curated { get; }

    public SpoolFile Verified { get; }

    public SpoolFile Rejected { get; }

    public SpoolFile DeadLetters { get; }

    /// <summary>Schema ids by topic.</summary>
    public SortedDictionary<string, SortedSet<int>> SchemaIds { get; } = new(StringComparer.Ordinal);

    /// <summary>Verdicts of a completion that had one already: a stage started again on a broker that shows aborted records.</summary>
    public long Repeated { get; private set; }

    /// <summary>Takes a record, or the news that a partition was read to its end.</summary>
    /// <exception cref="StreamDistillException">A record cannot be decoded.</exception>
    public async ValueTask TakeAsync(ConsumeResult<byte[], byte[]?> record)
    {
        if (record.IsPartitionEOF)
        {
            lock (Gate)
            {
                Ledger.OnEnd(record.TopicPartition, record.Offset.Value);
            }

            return;
        }

        var decoded = await DecodeAsync(record);
        lock (Gate)
        {
            Ledger.OnRecord(record.TopicPartition, record.Offset.Value);
            Take(record, decoded);
        }
    }

    public void Dispose()
    {
        line.Dispose();
        Curated.Dispose();
        Verified.Dispose();
        Rejected.Dispose();
        DeadLetters.Dispose();
    }

    private async ValueTask<object?> DecodeAsync(ConsumeResult<byte[], byte[]?> record)
    {
        if (record.Message.Value is not { } value)
        {
            return null;
        }

        try
        {
            return record.Topic switch
            {
                Topics.Verified or Topics.Rejected => await records.ReadAsync<Verdict>(value, Verdict._SCHEMA),
                Topics.Curated => await records.ReadAsync<TrainingExample>(value, TrainingExample._SCHEMA),
                _ => null,
            };
        }
        catch (StreamDistillException e)
        {
            throw new StreamDistillException($"{record.Topic} partition {record.Partition.Value} offset {record.Offset.Value}: {e.Message}", e.IsTransient, e);
        }
    }

    private void Take(ConsumeResult<byte[], byte[]?> record, object? decoded)
    {
        if (record.Message.Value is { } value && AvroRecords.SchemaIdOf(value) is { } schemaId && !IsDeadLetter(record.Topic))
        {
            if (!SchemaIds.TryGetValue(record.Topic, out var ids))
            {
                SchemaIds[record.Topic] = ids = [];
            }

            ids.Add(schemaId);
        }

        switch (record.Topic)
        {
            case Topics.Prompts:
                Fates.OnPrompt(KeyOf(record));
                break;
            case Topics.Verified or Topics.Rejected when decoded is Verdict verdict:
                Take(verdict, record.Topic == Topics.Verified ? Verified : Rejected);
                break;
            case Topics.Curated:
                TakeExample(KeyOf(record), decoded as TrainingExample);
                break;
            case var topic when IsDeadLetter(topic):
                TakeDeadLetter(DeadLetter.Read(record));
                break;
        }
    }

    private void Take(Verdict verdict, SpoolFile spool)
    {
        var completion = verdict.Completion;
        var prompt = completion.Prompt;
        var key = string.Create(CultureInfo.InvariantCulture, $"{prompt.PromptId}\n{prompt.Attempt:D6}\n{completion.SampleIndex:D6}");
        if (spool.Contains(key))
        {
            Repeated++;
            return;
        }

        spool.Put(key, line.Write(json => DatasetLines.Verdict(json, verdict)));
        Statistics.OnVerdict(verdict);
        submittedAt.TryAdd(prompt.PromptId, prompt.SubmittedAt);
        if (prompt.Attempt == 1 && recording?.LabelOf(prompt.PromptId, completion.SampleIndex) is { } label)
        {
            Labels.Add(prompt.PromptId, completion.SampleIndex, label, verdict.Outcome.ToString());
        }

        Fates.OnVerdict(prompt.PromptId, prompt.Attempt, completion.SampleCount, verdict.Outcome == Outcome.PASS);
    }

    private void TakeExample(string exampleId, TrainingExample? example)
    {
        if (example is null)
        {
            Curated.Remove(exampleId);
            Fates.OnWithdrawn(exampleId);
            return;
        }

        if (example.Weight > 0)
        {
            Curated.Put(exampleId, line.Write(json => DatasetLines.Curated(json, example)));
        }
        else
        {
            Curated.Remove(exampleId);
        }

        Fates.OnExample(exampleId, example.PromptId, example.Weight > 0);
        if (submittedAt.TryGetValue(example.PromptId, out var submitted))
        {
            Statistics.OnExample(example.CreatedAt - submitted);
        }
    }

    private void TakeDeadLetter(DeadLetter letter)
    {
        DeadLetters.Put(letter.Place, line.Write(json => DatasetLines.DeadLetter(json, letter)));
        Statistics.OnDeadLetter(letter.ReasonCode);
        Fates.OnDeadLetter(letter.Key);
    }

    private static bool IsDeadLetter(string topic) => topic.EndsWith(".dlq", StringComparison.Ordinal);

    private static string KeyOf(ConsumeResult<byte[], byte[]?> record) => System.Text.Encoding.UTF8.GetString(record.Message.Key ?? []);
}
