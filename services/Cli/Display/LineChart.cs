using System.Globalization;
using System.Net;
using System.Text;

namespace StreamDistill.Cli.Display;

/// <summary>A line of a chart.</summary>
/// <param name="Name">As the legend says it.</param>
/// <param name="Points">In ascending order of X; both finite.</param>
internal sealed record ChartLine(string Name, IReadOnlyList<(double X, double Y)> Points);

/// <summary>A chart of lines as a picture that any browser shows (SVG 1.1).</summary>
/// <param name="Title">Above it.</param>
/// <param name="XLabel">Below it, with the unit.</param>
/// <param name="YLabel">Left of it, with the unit.</param>
/// <param name="Lines">What it shows; at least one point in all.</param>
internal sealed record LineChart(string Title, string XLabel, string YLabel, IReadOnlyList<ChartLine> Lines)
{
    private const int Width = 760, Height = 420, Left = 70, Right = 190, Top = 40, Bottom = 50, TicksWanted = 6;

    // Okabe and Ito's palette, which colour-blind readers tell apart.
    private static readonly string[] Colours = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#000000"];

    /// <summary>The picture's text.</summary>
    /// <exception cref="InvalidOperationException">There is no point to show.</exception>
    public string ToSvg()
    {
        var points = Lines.SelectMany(line => line.Points).ToList();
        if (points.Count == 0)
        {
            throw new InvalidOperationException($"The chart '{Title}' has no point.");
        }

        var (xs, ys) = (Axis.Over(points.Select(point => point.X)), Axis.Over(points.Select(point => point.Y).Append(0)));
        var svg = new StringBuilder();
        svg.Append(CultureInfo.InvariantCulture, $"""<svg xmlns="http://www.w3.org/2000/svg" width="{Width}" height="{Height}" font-family="sans-serif" font-size="12">""").Append('\n');
        svg.Append("""<rect width="100%" height="100%" fill="white"/>""").Append('\n');
        Text(svg, Width / 2, 22, "middle", Title, "font-size=\"15\"");
        Text(svg, (Left + Width - Right) / 2, Height - 12, "middle", XLabel);
        Text(svg, 18, (Top + Height - Bottom) / 2, "middle", YLabel, Invariant($"transform=\"rotate(-90 18 {(Top + Height - Bottom) / 2})\""));
        foreach (var tick in xs.Ticks)
        {
            Line(svg, X(xs, tick), Top, X(xs, tick), Height - Bottom);
            Text(svg, X(xs, tick), Height - Bottom + 16, "middle", tick.ToString("0.####", CultureInfo.InvariantCulture));
        }

        foreach (var tick in ys.Ticks)
        {
            Line(svg, Left, Y(ys, tick), Width - Right, Y(ys, tick));
            Text(svg, Left - 6, Y(ys, tick) + 4, "end", tick.ToString("0.####", CultureInfo.InvariantCulture));
        }

        for (var i = 0; i < Lines.Count; i++)
        {
            var colour = Colours[i % Colours.Length];
            var path = string.Join(' ', Lines[i].Points.Select(point => Invariant($"{X(xs, point.X):0.#},{Y(ys, point.Y):0.#}")));
            svg.Append(CultureInfo.InvariantCulture, $"""<polyline fill="none" stroke="{colour}" stroke-width="2" points="{path}"/>""").Append('\n');
            foreach (var (x, y) in Lines[i].Points.Count <= 50 ? Lines[i].Points : [])
            {
                svg.Append(CultureInfo.InvariantCulture, $"""<circle cx="{X(xs, x):0.#}" cy="{Y(ys, y):0.#}" r="3" fill="{colour}"/>""").Append('\n');
            }

            Text(svg, Width - Right + 12, Top + 14 + (20 * i), "start", Lines[i].Name, Invariant($"fill=\"{colour}\""));
        }

        return svg.Append("</svg>\n").ToString();
    }

    private static double X(Axis axis, double value) => Left + (axis.Share(value) * (Width - Left - Right));

    private static double Y(Axis axis, double value) => Height - Bottom - (axis.Share(value) * (Height - Top - Bottom));

    private static void Line(StringBuilder svg, double x1, double y1, double x2, double y2) =>
        svg.Append(CultureInfo.InvariantCulture, $"""<line x1="{x1:0.#}" y1="{y1:0.#}" x2="{x2:0.#}" y2="{y2:0.#}" stroke="#dddddd"/>""").Append('\n');

    private static void Text(StringBuilder svg, double x, double y, string anchor, string text, string attributes = "") =>
        svg.Append(CultureInfo.InvariantCulture, $"""<text x="{x:0.#}" y="{y:0.#}" text-anchor="{anchor}" {attributes}>{WebUtility.HtmlEncode(text)}</text>""").Append('\n');

    private static string Invariant(FormattableString text) => FormattableString.Invariant(text);

    /// <summary>The range of an axis, from a tick to a tick, which are 1, 2 or 5 times a power of ten apart.</summary>
    private sealed record Axis(double First, double Step, int Count)
    {
        public IEnumerable<double> Ticks => Enumerable.Range(0, Count + 1).Select(i => First + (i * Step));

        public static Axis Over(IEnumerable<double> values)
        {
            double least = double.MaxValue, most = double.MinValue;
            foreach (var value in values)
            {
                (least, most) = (Math.Min(least, value), Math.Max(most, value));
            }

            var rough = Math.Max(most - least, 1e-9) / TicksWanted;
            var power = Math.Pow(10, Math.Floor(Math.Log10(rough)));
            var step = new[] { 1, 2, 5, 10 }.Select(factor => factor * power).First(step => step >= rough);
            var first = Math.Floor(least / step) * step;
            return new Axis(first, step, Math.Max(1, (int)Math.Ceiling((most - first) / step - 1e-9)));
        }

        public double Share(double value) => (value - First) / (Count * Step);
    }
}
