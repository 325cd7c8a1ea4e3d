using System.Text;
using streamdistill;

namespace StreamDistill.Ingest.Tests;

/// <summary>Reads test input, and builds it.</summary>
internal static class Lines
{
    public const string Question = """{"messages":[{"role":"user","content":"2+2?"}]}""";

    public static Task<List<PromptLine>> ReadAsync(string text, PromptReaderOptions? options = null) => ReadAsync(Encoding.UTF8.GetBytes(text), options);

    public static async Task<List<PromptLine>> ReadAsync(byte[] bytes, PromptReaderOptions? options = null)
    {
        var lines = new List<PromptLine>();
        await foreach (var line in new PromptReader(options ?? new()).ReadAsync(new MemoryStream(bytes), TestContext.Current.CancellationToken))
        {
            lines.Add(line);
        }

        return lines;
    }

    public static async Task<Prompt> ReadOneAsync(string text, PromptReaderOptions? options = null)
    {
        var line = Assert.Single(await ReadAsync(text, options));
        Assert.Null(line.Refusal);
        return line.Prompt!;
    }

    public static async Task<Refusal> RefuseOneAsync(string text, PromptReaderOptions? options = null)
    {
        var line = Assert.Single(await ReadAsync(text, options));
        Assert.Null(line.Prompt);
        return line.Refusal!;
    }

    /// <summary>A prompt with a field in place of, or beside, those it needs.</summary>
    public static string With(string field) => $$"""{"messages":[{"role":"user","content":"2+2?"}],{{field}}}""";
}
