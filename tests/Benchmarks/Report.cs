using System.Globalization;

namespace StreamDistill.Benchmarks;

/// <summary>A small table: what was measured, the figure, and the target where there is one.</summary>
internal sealed class Report(string name)
{
    private readonly List<(string Measure, string Figure, string Target)> rows = [];

    public void Add(string measure, FormattableString figure, string target = "") =>
        rows.Add((measure, FormattableString.Invariant(figure), target));

    /// <summary>Adds a figure with the least it should be.</summary>
    public void AddAtLeast(string measure, double figure, string unit, double least) => rows.Add((
        measure,
        figure.ToString(figure < 10 ? "N2" : "N1", CultureInfo.InvariantCulture) + unit,
        string.Create(CultureInfo.InvariantCulture, $"at least {least:N0}{unit}: {(figure >= least ? "met" : "MISSED")}")));

    /// <summary>Adds a figure with the most it should be.</summary>
    public void AddAtMost(string measure, double figure, string unit, double most) => rows.Add((
        measure,
        string.Create(CultureInfo.InvariantCulture, $"{figure:N3}{unit}"),
        string.Create(CultureInfo.InvariantCulture, $"under {most}{unit}: {(figure < most ? "met" : "MISSED")}")));

    public void Print()
    {
        var (measure, figure) = (rows.Max(row => row.Measure.Length), rows.Max(row => row.Figure.Length));
        Console.WriteLine($"\n{name}");
        foreach (var row in rows)
        {
            Console.WriteLine($"  {row.Measure.PadRight(measure)}  {row.Figure.PadLeft(figure)}  {row.Target}".TrimEnd());
        }
    }
}
