using System.Globalization;
using System.Xml.Linq;
using StreamDistill.Cli.Display;

namespace StreamDistill.Cli.Tests.Display;

public sealed class LineChartTests
{
    private static readonly XNamespace Svg = "http://www.w3.org/2000/svg";

    [Fact]
    public void A_chart_is_well_formed_has_a_line_for_each_series_and_escapes_its_names()
    {
        var picture = Draw(new ChartLine("a & b", [(0, 1), (10, 2)]), new ChartLine("<c>", [(5, 3)]));

        Assert.Equal(2, picture.Descendants(Svg + "polyline").Count());
        Assert.Contains(picture.Descendants(Svg + "text"), text => text.Value == "a & b");
        Assert.Contains(picture.Descendants(Svg + "text"), text => text.Value == "<c>");
    }

    [Fact]
    public void Higher_values_are_drawn_higher_and_later_ones_further_right_and_all_within_the_picture()
    {
        var picture = Draw(new ChartLine("loss", [(0, 0.001), (50, 0.5), (100, 7)]));

        var points = picture.Descendants(Svg + "polyline").Single().Attribute("points")!.Value.Split(' ')
            .Select(point => point.Split(',')).Select(point => (X: Number(point[0]), Y: Number(point[1]))).ToList();
        Assert.Equal(points.OrderBy(point => point.X), points);
        Assert.Equal(points.OrderByDescending(point => point.Y), points);
        var root = picture.Root!;
        Assert.All(points, point =>
        {
            Assert.InRange(point.X, 0, Number(root.Attribute("width")!.Value));
            Assert.InRange(point.Y, 0, Number(root.Attribute("height")!.Value));
        });
    }

    [Fact]
    public void Equal_values_and_a_single_point_can_be_drawn_and_no_point_is_refused()
    {
        Draw(new ChartLine("flat", [(1, 4), (2, 4)]));
        Draw(new ChartLine("one", [(0, 0)]));
        Assert.Throws<InvalidOperationException>(() => Draw(new ChartLine("none", [])));
    }

    private static XDocument Draw(params ChartLine[] lines) => XDocument.Parse(new LineChart("title", "x", "y", lines).ToSvg());

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);
}
