using System.Text.Json.Nodes;
using StreamDistill.Cli.Running;

namespace StreamDistill.Cli.Exporting;

/// <summary>report.json: what the run came to, in numbers.</summary>
internal static class RunReport
{
    public static JsonObject Of(RunResult result)
    {
        var (dataset, feed) = (result.Dataset, result.Feed);
        var statistics = dataset.Statistics;
        var fates = dataset.Fates.Count();
        return new JsonObject
        {
            ["prompts"] = new JsonObject
            {
                ["submitted"] = feed.Submitted,
                ["refused"] = feed.Refused,
                ["duplicates"] = feed.Duplicates,
                ["accepted"] = fates.Accepted,
                ["curated"] = fates.Curated,
                ["verified_not_selected"] = fates.NotSelected,
                ["rejected_for_good"] = fates.Rejected,
                ["dead_lettered"] = fates.DeadLettered,
                ["unfinished"] = fates.Unfinished,
            },
            ["examples"] = dataset.Curated.Count,
            ["completions"] = statistics.Verdicts,
            ["repeated_verdicts"] = dataset.Repeated,
            ["outcomes"] = Counts(statistics.Outcomes),
            ["reasons"] = Counts(statistics.Reasons),
            ["dead_letters"] = dataset.DeadLetters.Count,
            ["dead_letter_reasons"] = Counts(statistics.DeadLetterReasons),
            ["seconds"] = Math.Round(result.Duration.TotalSeconds, 3),
            ["prompts_per_second"] = Math.Round(fates.Accepted / Math.Max(0.001, result.Duration.TotalSeconds), 1),
            ["teacher"] = new JsonObject
            {
                ["calls"] = statistics.TeacherCalls,
                ["errors"] = statistics.TeacherErrors,
                ["prompt_tokens"] = statistics.PromptTokens,
                ["completion_tokens"] = statistics.CompletionTokens,
                ["reasoning_tokens"] = statistics.ReasoningTokens,
                ["cost_micros"] = Counts(statistics.CostMicros),
            },
            ["latency_ms"] = new JsonObject
            {
                ["teach"] = Latency(statistics.Teach),
                ["verify"] = Latency(statistics.Verify),
                ["end_to_end"] = Latency(statistics.EndToEnd),
            },
            ["label_agreement"] = dataset.Labels.Total == 0 ? null : Agreement(dataset.Labels),
        };
    }

    private static JsonObject Counts(IEnumerable<KeyValuePair<string, long>> counts) =>
        new(counts.Select(count => KeyValuePair.Create(count.Key, (JsonNode?)JsonValue.Create(count.Value))));

    private static JsonObject Latency(LatencySummary summary) => new() { ["p50"] = summary.Percentile(0.5), ["p99"] = summary.Percentile(0.99) };

    private static JsonObject Agreement(LabelAgreement labels) => new()
    {
        ["agree"] = labels.Agree,
        ["total"] = labels.Total,
        ["disagreements"] = new JsonArray([.. labels.Disagreements.Select(each => (JsonNode?)new JsonObject
        {
            ["prompt_id"] = each.PromptId,
            ["sample_index"] = each.SampleIndex,
            ["is_correct"] = each.Label,
            ["outcome"] = each.Outcome,
        })]),
    };
}
