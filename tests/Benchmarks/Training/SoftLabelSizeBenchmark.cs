using Avro.IO;
using Avro.Specific;
using streamdistill;

namespace StreamDistill.Benchmarks;

/// <summary>What a teacher's soft labels take in a topic, per token of the answer.</summary>
internal sealed class SoftLabelSizeBenchmark : IBenchmark
{
    private const int Tokens = 1000;

    public string Name => "training-soft-labels";

    public Task RunAsync(Report report)
    {
        foreach (var width in new[] { 5, 20 })
        {
            var completion = Completions.All.First().Completion;
            var with = Size(completion with { SoftLabels = [.. Enumerable.Range(0, Tokens).Select(token => Label(token, width))] });
            report.Add($"bytes per token with the {width} likeliest", $"{(with - Size(completion with { SoftLabels = null })) / (double)Tokens:N0}");
        }

        return Task.CompletedTask;
    }

    /// <summary>Tokens are four letters long on average, as in English.</summary>
    private static SoftLabel Label(int token, int width) => new()
    {
        Token = Text(token),
        Logprob = -0.5f,
        Top = [.. Enumerable.Range(token, width).Select(other => new TopLogprob { Token = Text(other), Logprob = -1.5f })],
    };

    private static string Text(int token) => " student"[..(1 + (token % 7))];

    private static long Size(Completion completion)
    {
        using var stream = new MemoryStream();
        new SpecificDatumWriter<Completion>(Completion._SCHEMA).Write(completion, new BinaryEncoder(stream));
        return stream.Length;
    }
}
