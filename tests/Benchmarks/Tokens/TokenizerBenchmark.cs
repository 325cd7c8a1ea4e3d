using System.Globalization;
using System.Text.Json;
using Student.Tests.Tokens;
using StreamDistill.Student;

namespace StreamDistill.Benchmarks;

/// <summary>
/// Encoding with OpenAI's cl100k vocabulary: ours and npm's gpt-tokenizer, over the same texts, in turns, each on one thread and
/// with its cache warm.
/// </summary>
internal sealed class TokenizerBenchmark : IBenchmark
{
    private const string Encoding = "cl100k_base";
    private const int Rounds = 5;
    private const int TextsLength = 256 * 1024;

    public string Name => "tokenizer";

    public async Task RunAsync(Report report)
    {
        using var scratch = new ScratchDirectory();
        var script = Path.Combine(Child.SourceFolder, "../Interop/Node/tokenizers/from-ranks.mjs");
        await using (var converter = Child.Start("node", [script, Encoding, Path.Combine(scratch.Path, StudentTokenizer.FileName)]))
        {
            await converter.TryReadAsync();
        }

        var tokenizer = StudentTokenizer.Read(scratch.Path);
        await CompareAsync(report, "C# sources", tokenizer, Sources());
        
        // Without the two characters of which JavaScript's expressions think otherwise.
        var languages = Corpus.Random(seed: 1, count: 10_000).Where(text => !text.AsSpan().ContainsAny('\uFEFF', '\u0085'));
        await CompareAsync(report, "many languages", tokenizer, languages);
    }

    private static async Task CompareAsync(Report report, string kind, StudentTokenizer tokenizer, IEnumerable<string> all)
    {
        var texts = Take(all);
        var bytes = texts.Sum(System.Text.Encoding.UTF8.GetByteCount);
        await using var other = Child.Start("node", [Path.Combine(Child.SourceFolder, "Tokens", "gpt-tokenizer.mjs"), Encoding]);
        var count = int.Parse(await other.AskAsync(JsonSerializer.Serialize(new { texts, seconds = Timing.Round.TotalSeconds })), CultureInfo.InvariantCulture);
        if (texts.Sum(text => tokenizer.Encode(text).Count) is var ours && ours != count)
        {
            throw new InvalidOperationException($"{kind}: {ours} tokens, gpt-tokenizer has {count}.");
        }

        List<Cost> own = [];
        List<double> node = [];
        for (var round = -2; round < Rounds; round++)
        {
            await Console.Error.WriteLineAsync($"  {kind}: {(round < 0 ? "warming up" : $"round {round + 1} of {Rounds}")}");
            var cost = Timing.Measure(() => texts.ForEach(text => tokenizer.Encode(text)));
            var theirs = double.Parse(await other.AskAsync("round"), CultureInfo.InvariantCulture);
            if (round >= 0)
            {
                own.Add(cost);
                node.Add(theirs);
            }
        }

        var (nanoseconds, others) = (own.Select(cost => cost.Nanoseconds).Median(), node.Median());
        report.Add($"{kind}: size", $"{bytes:N0} bytes, {count:N0} tokens");
        report.Add($"{kind}, ours", $"{bytes / nanoseconds * 1e3:N1} MB/s of CPU, {count / nanoseconds * 1e3:N1} M tokens/s");
        report.Add($"{kind}, gpt-tokenizer", $"{bytes / others * 1e3:N1} MB/s of CPU, {count / others * 1e3:N1} M tokens/s");
        report.AddAtLeast($"{kind}, gpt-tokenizer / ours", others / nanoseconds, "×", 2);
    }

    /// <summary>This project's own, in the order of their paths.</summary>
    private static IEnumerable<string> Sources() =>
        Directory.EnumerateFiles(Path.Combine(Child.SourceFolder, "../../services"), "*.cs", SearchOption.AllDirectories).Order(StringComparer.Ordinal).Select(File.ReadAllText);

    private static List<string> Take(IEnumerable<string> texts)
    {
        var taken = new List<string>();
        var length = 0;
        foreach (var text in texts.TakeWhile(_ => length < TextsLength))
        {
            taken.Add(text);
            length += text.Length;
        }

        return taken;
    }
}
