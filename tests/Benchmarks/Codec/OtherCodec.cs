using System.Globalization;
using System.Text.Json;
using streamdistill;

namespace StreamDistill.Benchmarks;

/// <summary>Another language's Avro, in a process of its own with its own timing loop.</summary>
internal sealed class OtherCodec : IAsyncDisposable
{
    private readonly Child child;

    private OtherCodec(Child child) => this.child = child;

    /// <summary>Starts it and has it check that it reads the bytes, and writes them again as they are.</summary>
    public static async Task<OtherCodec> StartAsync(string program, string script, byte[] bytes)
    {
        var child = Child.Start(program, [Path.Combine(Child.SourceFolder, "Codec", script)]);
        var task = JsonSerializer.Serialize(new { schema = Completion._SCHEMA.ToString(), bytes = Convert.ToHexString(bytes), seconds = Timing.Round.TotalSeconds });
        var answer = await child.AskAsync(task);
        return answer == "ready" ? new OtherCodec(child) : throw new InvalidOperationException($"{script}: {answer}");
    }

    /// <summary>Nanoseconds per operation in one round.</summary>
    public async Task<(double Encode, double Decode)> MeasureAsync()
    {
        var figures = (await child.AskAsync("round")).Split(' ');
        return (double.Parse(figures[0], CultureInfo.InvariantCulture), double.Parse(figures[1], CultureInfo.InvariantCulture));
    }

    public ValueTask DisposeAsync() => child.DisposeAsync();
}
