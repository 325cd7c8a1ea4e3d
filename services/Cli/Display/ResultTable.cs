using System.Globalization;
using Spectre.Console;
using StreamDistill.Cli.Running;

namespace StreamDistill.Cli.Display;

/// <summary>The table at the end of a run.</summary>
internal static class ResultTable
{
    public static Table Of(RunResult result)
    {
        var (dataset, feed) = (result.Dataset, result.Feed);
        var (fates, statistics) = (dataset.Fates.Count(), dataset.Statistics);
        var table = new Table().Border(TableBorder.Ascii2).HideHeaders().AddColumn("what").AddColumn(new TableColumn("how many").RightAligned());
        Row("Prompts submitted", feed.Submitted);
        Row("  refused", feed.Refused);
        Row("  duplicates of another line", feed.Duplicates);
        Row("  curated", fates.Curated);
        Row("  verified, not selected", fates.NotSelected);
        Row("  rejected for good", fates.Rejected);
        Row("  dead-lettered", fates.DeadLettered);
        if (fates.Unfinished > 0)
        {
            Row("  unfinished", fates.Unfinished);
        }

        table.AddEmptyRow();
        Row("Completions", statistics.Verdicts);
        foreach (var (outcome, count) in statistics.Outcomes)
        {
            Row("  " + outcome, count);
        }

        foreach (var (reason, count) in statistics.Reasons)
        {
            Row("    because " + reason, count);
        }

        Row("Examples in curated.jsonl", dataset.Curated.Count);
        if (dataset.DeadLetters.Count > 0)
        {
            Row("Dead letters", dataset.DeadLetters.Count);
        }

        if (dataset.Labels.Total > 0)
        {
            Text("Verdicts that agree with the labels", string.Create(CultureInfo.InvariantCulture, $"{dataset.Labels.Agree:N0} of {dataset.Labels.Total:N0}"));
        }

        table.AddEmptyRow();
        Text("Time", string.Create(CultureInfo.InvariantCulture, $"{result.Duration.TotalSeconds:N1} s"));
        Text("Prompts per second", string.Create(CultureInfo.InvariantCulture, $"{fates.Accepted / Math.Max(0.001, result.Duration.TotalSeconds):N1}"));
        Text("Teacher's tokens, in and out", string.Create(CultureInfo.InvariantCulture, $"{statistics.PromptTokens:N0} and {statistics.CompletionTokens:N0}"));
        Text("Cost", string.Join(", ", statistics.CostMicros.Select(cost => string.Create(CultureInfo.InvariantCulture, $"{cost.Value / 1e6:N4} {cost.Key}")).DefaultIfEmpty("0")));
        return table;

        void Row(string what, long count) => Text(what, count.ToString("N0", CultureInfo.InvariantCulture));
        void Text(string what, string value) => table.AddRow(Markup.Escape(what), Markup.Escape(value));
    }
}
