using System.Text;
using Confluent.Kafka;
using streamdistill;
using StreamDistill.Cli.Kafka;
using StreamDistill.Contracts;

namespace StreamDistill.EndToEnd.Crashing;

/// <summary>
/// Looks at every committed record of every topic and notes what must not be: anything twice, anything missing in between,
/// anything on a dead-letter topic.
/// </summary>
internal sealed class RecordAudit(AvroRecords records)
{
    private const int ViolationsMax = 50;

    private readonly Dictionary<string, string> prompts = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> completions = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> verdicts = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> examples = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> withdrawn = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (int Expected, int Seen)> samples = new(StringComparer.Ordinal);
    private readonly List<string> violations = [];

    /// <summary>Records seen by topic.</summary>
    public SortedDictionary<string, int> Counts { get; } = new(StringComparer.Ordinal);

    /// <summary>Takes a record, those of a partition in order.</summary>
    public async Task TakeAsync(ConsumeResult<byte[], byte[]?> record)
    {
        var key = Encoding.UTF8.GetString(record.Message.Key ?? []);
        var place = $"{record.Topic}/{record.Partition.Value}/{record.Offset.Value} of {record.Message.Timestamp.UtcDateTime:HH:mm:ss.fff}";
        Counts[record.Topic] = Counts.GetValueOrDefault(record.Topic) + 1;
        if (record.Topic == Topics.Curated)
        {
            // Compact admits an example once and withdraws it once; under Balance.Cap, not used here, it also reweighs.
            Once(record.Message.Value is null ? withdrawn : examples, key, place, record.Message.Value is null ? "tombstone" : "example");
            if (record.Message.Value is not null && withdrawn.TryGetValue(key, out var before))
            {
                Violate($"example {key} came back at {place} after it was withdrawn at {before}");
            }

            return;
        }

        if (record.Topic.EndsWith(".dlq", StringComparison.Ordinal))
        {
            var letter = DeadLetter.Read(record);
            Violate($"dead letter at {place}: {letter.ReasonCode}: {letter.Message} (from {letter.Source})");
            return;
        }

        if (record.Message.Value is not { } value)
        {
            Violate($"there is no value at {place}");
            return;
        }

        switch (record.Topic)
        {
            case Topics.Prompts:
                var prompt = await records.ReadAsync<Prompt>(value, Prompt._SCHEMA);
                Once(prompts, $"{prompt.PromptId} attempt {prompt.Attempt}", place, "prompt");
                break;
            case Topics.Completions:
                TakeCompletion(await records.ReadAsync<Completion>(value, Completion._SCHEMA), place);
                break;
            case Topics.Verified or Topics.Rejected:
                var verdict = await records.ReadAsync<Verdict>(value, Verdict._SCHEMA);
                Once(verdicts, verdict.Completion.CompletionId, place, "verdict");
                break;
        }
    }

    /// <summary>What was wrong, once everything was taken; empty where all is well.</summary>
    public IReadOnlyList<string> Violations()
    {
        Missing(prompts.Keys.Where(prompt => !samples.ContainsKey(prompt)), "never sampled");
        Missing(samples.Where(entry => entry.Value.Expected != entry.Value.Seen).Select(entry => $"{entry.Key} {entry.Value}"), "samples missing or too many");
        Missing(samples.Keys.Where(prompt => !prompts.ContainsKey(prompt)), "sampled, but not a prompt");
        Missing(completions.Keys.Where(id => !verdicts.ContainsKey(id)), "never judged");
        Missing(verdicts.Keys.Where(id => !completions.ContainsKey(id)), "judged, but not a completion");
        return violations;
    }

    private void TakeCompletion(Completion completion, string place)
    {
        Once(completions, completion.CompletionId, place, "completion");
        var attempt = $"{completion.Prompt.PromptId} attempt {completion.Prompt.Attempt}";
        samples[attempt] = (completion.SampleCount, samples.GetValueOrDefault(attempt).Seen + 1);
    }

    private void Once(Dictionary<string, string> seen, string id, string place, string what)
    {
        if (!seen.TryAdd(id, place))
        {
            Violate($"{what} {id} twice: {seen[id]} and {place}");
        }
    }

    private void Missing(IEnumerable<string> which, string what)
    {
        var all = which.ToList();
        if (all.Count > 0)
        {
            Violate($"{all.Count} {what}: {string.Join(", ", all.Take(5))}");
        }
    }

    private void Violate(string what)
    {
        if (violations.Count < ViolationsMax)
        {
            violations.Add(what);
        }
    }
}
