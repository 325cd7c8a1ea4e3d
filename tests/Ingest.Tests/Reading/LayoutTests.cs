using System.IO.Pipelines;
using System.Text;

namespace StreamDistill.Ingest.Tests;

public sealed class LayoutTests
{
    [Theory]
    [InlineData("")]
    [InlineData("\n\n  \r\n")]
    [InlineData("[]")]
    [InlineData(" [ ] \n")]
    [InlineData("\uFEFF")]
    public async Task Input_without_prompts_gives_nothing(string text) => Assert.Empty(await Lines.ReadAsync(text));

    [Fact]
    public async Task Blank_lines_count_and_are_skipped()
    {
        var lines = await Lines.ReadAsync($"\n{Lines.Question}\r\n\n{Lines.Question}");

        Assert.Equal([2, 4], lines.Select(line => line.Line));
        Assert.All(lines, line => Assert.NotNull(line.Prompt));
    }

    [Fact]
    public async Task A_byte_order_mark_is_no_part_of_the_first_line() =>
        Assert.NotNull(Assert.Single(await Lines.ReadAsync("\uFEFF" + Lines.Question)).Prompt);

    [Fact]
    public async Task An_array_may_span_lines_and_its_elements_are_counted()
    {
        var lines = await Lines.ReadAsync($"\n [\n {Lines.Question} ,\n{Lines.Question}\n]\n");

        Assert.Equal([1, 2], lines.Select(line => line.Line));
        Assert.All(lines, line => Assert.NotNull(line.Prompt));
    }

    [Fact]
    public async Task A_document_may_be_one_prompt_on_many_lines()
    {
        var pretty = Lines.Question.Replace("[", "\n[\n", StringComparison.Ordinal);

        Assert.NotNull(await Lines.ReadOneAsync(pretty, new() { Layout = InputLayout.Document }));
    }

    [Theory]
    [InlineData("[1,]", new[] { 1, 2 })]
    [InlineData("[,]", new[] { 1, 2 })]
    [InlineData("[{\"a\":1],{\"b\":2}]", new[] { 1, 2 })]
    [InlineData("[1] 2", new[] { 1, 2 })]
    public async Task Every_bad_element_of_an_array_is_refused(string text, int[] positions)
    {
        var lines = await Lines.ReadAsync(text);

        Assert.Equal(positions, lines.Select(line => (int)line.Line));
        Assert.All(lines, line => Assert.NotNull(line.Refusal));
    }

    /// <summary>However the input arrives in pieces, the same comes out: 500 random inputs, each cut at random.</summary>
    [Fact]
    public async Task How_the_input_is_cut_into_chunks_changes_nothing()
    {
        var random = new Random(20261122);
        string[] pieces = [Lines.Question, "{\"a\":\"[,\\\"]\"}", "\"\\\\\"", "[[1],{}]", "\n", " ", ",", "]", "[", "{", "}", "\\", "\"", "é", "7"];
        for (var round = 0; round < 500; round++)
        {
            var text = (random.Next(2) == 0 ? "[" : "") + string.Concat(Enumerable.Range(0, random.Next(12)).Select(_ => pieces[random.Next(pieces.Length)]));
            var bytes = Encoding.UTF8.GetBytes(text);
            var options = new PromptReaderOptions { IdsFromContent = true, MaxPromptBytes = random.Next(4, 200) };

            var whole = await Lines.ReadAsync(bytes, options);
            var cut = await ReadInPieces(bytes, options, random);

            Assert.True(Describe(whole) == Describe(cut), $"round {round}: {text}");
        }
    }

    [Fact]
    public async Task A_file_is_read_by_its_name()
    {
        var path = Path.Combine(Path.GetTempPath(), Guid.NewGuid() + ".json");
        await File.WriteAllTextAsync(path, Lines.Question.Replace("[", "\n[", StringComparison.Ordinal), TestContext.Current.CancellationToken);
        try
        {
            var lines = new List<PromptLine>();
            await foreach (var line in PromptReader.ReadFileAsync(path, new(), cancellationToken: TestContext.Current.CancellationToken))
            {
                lines.Add(line);
            }

            Assert.NotNull(Assert.Single(lines).Prompt);
        }
        finally
        {
            File.Delete(path);
        }
    }

    private static async Task<List<PromptLine>> ReadInPieces(byte[] bytes, PromptReaderOptions options, Random random)
    {
        var pipe = new Pipe();
        var writing = WriteAsync();
        var lines = new List<PromptLine>();
        await foreach (var line in new PromptReader(options).ReadAsync(pipe.Reader, TestContext.Current.CancellationToken))
        {
            lines.Add(line);
        }

        await writing;
        return lines;

        async Task WriteAsync()
        {
            // The first character decides the layout, and it may come only with the first chunk that is not blank.
            for (var at = 0; at < bytes.Length;)
            {
                var length = Math.Min(bytes.Length - at, random.Next(1, 8));
                await pipe.Writer.WriteAsync(bytes.AsMemory(at, length), TestContext.Current.CancellationToken);
                at += length;
                await Task.Yield();
            }

            await pipe.Writer.CompleteAsync();
        }
    }

    private static string Describe(List<PromptLine> lines) => string.Join('\n', lines.Select(line => $"{line.Line} {line.Prompt?.PromptId} {line.Refusal}"));
}
