using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace StreamDistill.Interop.Conformance;

/// <summary>kcat, which is librdkafka 2.0 on a command line.</summary>
internal sealed class KcatFeatures(string bootstrap)
{
    private static readonly OtherClient Kcat = new("kcat", "kcat", "", "", []);

    private readonly string topic = Cluster.NewTopic("kcat");

    /// <summary>Fails where the feature does not work.</summary>
    public Task ShowAsync(string feature) => feature switch
    {
        "none" or "gzip" or "snappy" or "lz4" or "zstd" => RoundTripAsync(feature),
        "headers" => HeadersAsync(),
        "tombstones" => TombstonesAsync(),
        "large" => LargeAsync(),
        "auto-create" => RoundTripAsync("none"),
        "idempotence" => ProduceAndReadAsync("-X", "enable.idempotence=true"),
        "commit" => ProduceAndReadAsync("-X", "transactional.id=" + topic),
        "group" => GroupAsync(),
        "eager" => EagerAsync(),
        "seek" => SeekAsync(),
        "times" => TimesAsync(),
        "list-offsets" => ListOffsetsAsync(),
        "cluster" => MetadataAsync(),
        _ => throw new ArgumentOutOfRangeException(nameof(feature), feature, "kcat does not have it."),
    };

    private Task<IReadOnlyList<string>> RunAsync(string input, params string[] arguments) =>
        Kcat.RunAsync("-b", [bootstrap, "-X", "topic.metadata.refresh.interval.ms=500", .. arguments], input);

    private Task ProduceAsync(IEnumerable<string> lines, params string[] more) =>
        RunAsync(string.Join('\n', lines) + "\n", ["-P", "-t", topic, "-p", "0", .. more]);

    /// <summary>Everything in partition 0.</summary>
    private Task<IReadOnlyList<string>> ReadAsync(params string[] more) => RunAsync("", ["-C", "-q", "-e", "-t", topic, "-p", "0", .. more]);

    private static IEnumerable<string> Lines(int count) => Enumerable.Range(0, count).Select(i => string.Create(CultureInfo.InvariantCulture, $"line {i}"));

    private Task RoundTripAsync(string codec) => ProduceAndReadAsync("-z", codec);

    private async Task ProduceAndReadAsync(params string[] more)
    {
        await ProduceAsync(Lines(100), more);
        Assert.Equal(Lines(100), await ReadAsync());
    }

    private async Task HeadersAsync()
    {
        await ProduceAsync(["key:value"], "-K", ":", "-H", "a=1", "-H", "b=2");
        using var read = JsonDocument.Parse(Assert.Single(await ReadAsync("-J")));
        Assert.Equal(
            ("key", "value", """["a","1","b","2"]"""),
            (read.RootElement.GetProperty("key").GetString(), read.RootElement.GetProperty("payload").GetString(), read.RootElement.GetProperty("headers").GetRawText()));
    }

    private async Task TombstonesAsync()
    {
        await ProduceAsync(["key:"], "-K", ":", "-Z");
        await ProduceAsync(["key:"], "-K", ":");
        Assert.Equal(["-1", "0"], await ReadAsync("-f", "%S\\n"));
    }

    private async Task LargeAsync()
    {
        await ProduceAsync([new string('x', 900_000)]);
        Assert.Equal(900_000, Assert.Single(await ReadAsync()).Length);
    }

    private async Task GroupAsync()
    {
        await ProduceAsync(Lines(10));
        var group = Cluster.NewTopic("group");
        Assert.Equal(Lines(10), await GroupReadAsync(group, 10));
        await ProduceAsync(["next"]);
        Assert.Equal(["next"], await GroupReadAsync(group, 1));
    }

    private Task<IReadOnlyList<string>> GroupReadAsync(string group, int count) => RunAsync(
        "", "-q", "-X", "auto.offset.reset=earliest", "-c", count.ToString(CultureInfo.InvariantCulture), "-G", group, topic);

    /// <summary>A member joins one that has been reading, and the first leaves: the second reads on.</summary>
    private async Task EagerAsync()
    {
        await ProduceAsync(Lines(1));
        var group = Cluster.NewTopic("group");
        using var first = Process.Start(new ProcessStartInfo("kcat", ["-b", bootstrap, "-q", "-u", "-X", "auto.offset.reset=earliest", "-G", group, topic])
        {
            RedirectStandardOutput = true,
        })!;
        try
        {
            Assert.Equal("line 0", await first.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken));
            var second = GroupReadAsync(group, 1);
            await RunAsync("", "-L", "-t", topic);
            using var terminated = Process.Start("kill", ["-TERM", first.Id.ToString(CultureInfo.InvariantCulture)]);
            await first.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken);
            await ProduceAsync(["next"]);
            Assert.Equal("next", (await second)[^1]);
        }
        finally
        {
            first.Kill();
        }
    }

    private async Task SeekAsync()
    {
        await ProduceAsync(Lines(10));
        Assert.Equal(Lines(10).Skip(7), await ReadAsync("-o", "7"));
        Assert.Equal(Lines(10).TakeLast(2), await ReadAsync("-o", "-2"));
    }

    private async Task TimesAsync()
    {
        var before = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() - 60_000;
        await ProduceAsync(Lines(3));
        Assert.Equal([$"{topic} [0] offset 0"], await RunAsync("", "-Q", "-t", FormattableString.Invariant($"{topic}:0:{before}")));
        Assert.Equal(Lines(3), await ReadAsync("-o", FormattableString.Invariant($"s@{before}")));
    }

    private async Task ListOffsetsAsync()
    {
        await ProduceAsync(Lines(3));
        Assert.Equal([$"{topic} [0] offset 0"], await RunAsync("", "-Q", "-t", topic + ":0:-2"));
        Assert.Equal([$"{topic} [0] offset 3"], await RunAsync("", "-Q", "-t", topic + ":0:-1"));
    }

    private async Task MetadataAsync()
    {
        await ProduceAsync(Lines(1));
        using var metadata = JsonDocument.Parse(string.Concat(await RunAsync("", "-L", "-J", "-t", topic)));
        Assert.Equal(bootstrap, metadata.RootElement.GetProperty("brokers")[0].GetProperty("name").GetString());
        Assert.Equal(topic, metadata.RootElement.GetProperty("topics")[0].GetProperty("topic").GetString());
        Assert.NotEmpty(await RunAsync("", "-L"));
    }
}
