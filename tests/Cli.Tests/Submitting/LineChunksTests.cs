using System.IO.Compression;
using System.Text;
using System.Text.Json.Nodes;
using StreamDistill.Cli.Submitting;

namespace StreamDistill.Cli.Tests.Submitting;

public sealed class LineChunksTests : IDisposable
{
    private readonly string directory = Directory.CreateTempSubdirectory().FullName;

    public void Dispose() => Directory.Delete(directory, recursive: true);

    [Fact]
    public async Task Lines_keep_their_numbers_past_blank_ones_a_mark_and_a_missing_last_line_feed()
    {
        var (lines, refused) = await ReadAsync("a.jsonl", "\uFEFF{\"a\":1}\r\n\n  \n{\"b\":2}"u8.ToArray());

        Assert.Equal([(1L, "{\"a\":1}\r"), (4L, "{\"b\":2}")], lines);
        Assert.Empty(refused);
    }

    [Fact]
    public async Task An_array_is_read_by_element_and_damage_within_it_is_refused_by_number()
    {
        var (lines, refused) = await ReadAsync("a.jsonl", " [ {\"a\":1}, {\"b\":2}, {\"c\" "u8.ToArray());

        Assert.Equal([(1L, "{\"a\":1}"), (2L, "{\"b\":2}")], lines);
        Assert.Equal(3, Assert.Single(refused).Number);
        Assert.Contains("damaged", refused[0].Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_json_file_may_have_one_object_on_many_lines()
    {
        var (lines, _) = await ReadAsync("a.json", "{\n \"a\": 1\n}\n"u8.ToArray());

        Assert.Single(lines);
    }

    [Fact]
    public async Task Gzip_is_recognised()
    {
        using var zipped = new MemoryStream();
        await using (var gzip = new GZipStream(zipped, CompressionLevel.Fastest, leaveOpen: true))
        {
            gzip.Write("{\"a\":1}\n"u8);
        }

        Assert.Equal([(1L, "{\"a\":1}")], (await ReadAsync("a.jsonl.gz", zipped.ToArray())).Lines);
    }

    [Fact]
    public async Task A_line_that_is_too_long_is_refused_and_the_next_one_is_read()
    {
        var content = Encoding.UTF8.GetBytes("{\"a\":\"" + new string('x', LineChunks.LineBytesMax) + "\"}\n{\"b\":2}\n");

        var (lines, refused) = await ReadAsync("a.jsonl", content);

        Assert.Equal([(2L, "{\"b\":2}")], lines);
        Assert.Equal(1, Assert.Single(refused).Number);
    }

    [Fact]
    public async Task Chunks_are_bounded()
    {
        var content = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, 1201).Select(i => $"{{\"i\":{i}}}\n")));
        var path = Path.Combine(directory, "many.jsonl");
        await File.WriteAllBytesAsync(path, content);

        var sizes = new List<int>();
        await foreach (var chunk in LineChunks.ReadAsync(path, CancellationToken.None))
        {
            sizes.Add(chunk.Lines.Count);
        }

        Assert.Equal([500, 500, 201], sizes);
    }

    [Fact]
    public void A_prompt_without_an_id_gets_the_same_key_each_time_and_one_with_an_id_is_left_alone()
    {
        var once = StableLine.Of(Line("""{"messages":[{"role":"user","content":"é"}],"sampling":{"n":7}}"""));
        var again = StableLine.Of(Line("""{"messages":[{"role":"user","content":"é"}],"sampling":{"n":7}}"""));
        var other = StableLine.Of(Line("""{"messages":[{"role":"user","content":"e"}]}"""));

        Assert.Equal(KeyOf(once), KeyOf(again));
        Assert.NotEqual(KeyOf(once), KeyOf(other));
        Assert.All(
            ["""{"prompt_id":"p","messages":[]}""", """{"request":{},"response":{}}""", "{", "[1]", """{"messages":1,"messages":2}"""],
            text => Assert.Equal(Line(text).Bytes!.Value.ToArray(), StableLine.Of(Line(text)).Bytes!.Value.ToArray()));
    }

    private static JsonElementLine Line(string text) => new(1, Encoding.UTF8.GetBytes(text));

    private static string KeyOf(JsonElementLine line) => JsonNode.Parse(line.Bytes!.Value.Span)!["idempotency_key"]!.GetValue<string>();

    private async Task<(List<(long Number, string Text)> Lines, List<RefusedLine> Refused)> ReadAsync(string name, byte[] content)
    {
        var path = Path.Combine(directory, name);
        await File.WriteAllBytesAsync(path, content);
        var lines = new List<(long, string)>();
        var refused = new List<RefusedLine>();
        await foreach (var chunk in LineChunks.ReadAsync(path, CancellationToken.None))
        {
            lines.AddRange(chunk.Lines.Select(line => (line.Number, Encoding.UTF8.GetString(line.Bytes!.Value.Span))));
            refused.AddRange(chunk.Refused);
        }

        return (lines, refused);
    }
}
