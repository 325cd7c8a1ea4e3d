using System.Globalization;
using System.Text.Json;
using Spectre.Console;
using StreamDistill.Cli.Display;
using StreamDistill.Cli.Training;

namespace StreamDistill.Cli.Demo;

/// <summary>What the demo came to.</summary>
/// <param name="Prompts">Prompts answered by the teacher.</param>
/// <param name="Accepted">The share of its answers that verification kept.</param>
/// <param name="Models">Teacher and students.</param>
/// <param name="Served">A question and what the served student answered; null where none was promoted.</param>
internal sealed record DemoReport(int Prompts, double Accepted, IReadOnlyList<JudgedModel> Models, string? Served)
{
    private static readonly JsonSerializerOptions Format = new() { WriteIndented = true, PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    /// <summary>The table, as it is printed.</summary>
    public Table ToTable()
    {
        var table = new Table().Border(TableBorder.Ascii2).Title(string.Create(
            CultureInfo.InvariantCulture, $"{Prompts:N0} prompts, four answers each: {Accepted:P1} accepted")).AddColumn("model");
        foreach (var column in new[] { "held-out problems solved", "tokens per answer", "ms per answer", "parameters" })
        {
            table.AddColumn(new TableColumn(column).RightAligned());
        }

        foreach (var model in Models)
        {
            table.AddRow(
                Markup.Escape(model.Name),
                string.Create(CultureInfo.InvariantCulture, $"{model.PassAt1:P1} of {model.Problems}"),
                model.TokensPerAnswer.ToString("N1", CultureInfo.InvariantCulture),
                model.MsPerAnswer.ToString("N0", CultureInfo.InvariantCulture),
                model.Parameters.ToString("N0", CultureInfo.InvariantCulture));
        }

        return table;
    }

    /// <summary>Writes demo.json, loss.svg and accuracy.svg.</summary>
    public async Task WriteAsync(string directory, TrainedStudent verified, TrainedStudent unfiltered, CancellationToken cancellationToken)
    {
        await File.WriteAllTextAsync(Path.Combine(directory, "demo.json"), JsonSerializer.Serialize(this, Format), cancellationToken);
        await Save("loss", new LineChart("Loss of the student", "step", "cross-entropy, nats per token", [new("verified", verified.Losses), new("unfiltered", unfiltered.Losses)]));
        await Save("accuracy", new LineChart("Held-out problems solved", "examples trained", "share", [new("verified", verified.Accuracy), new("unfiltered", unfiltered.Accuracy)]));

        Task Save(string name, LineChart chart) => File.WriteAllTextAsync(Path.Combine(directory, name + ".svg"), chart.ToSvg(), cancellationToken);
    }
}
