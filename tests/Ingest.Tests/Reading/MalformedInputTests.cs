using System.IO.Compression;
using System.Text;

namespace StreamDistill.Ingest.Tests;

public sealed class MalformedInputTests
{
    [Theory]
    [InlineData("{")]
    [InlineData("nonsense")]
    [InlineData("""{"messages":[{"role":"user","content":"x"}]""")]
    [InlineData("""{"messages":[{"role":"user","content":"x"}]} trailing""")]
    [InlineData("""{"messages":[{"role":"user","content":"x"}],}""")]
    [InlineData("""{"messages":[{"role":"user","content":"x"}] /* comment */}""")]
    [InlineData("""{"messages":[{"role":"user","content":"x"}],"task":"a","task":"b"}""")]
    [InlineData("""{"messages":[{"role":"user","content":"x","content":"y"}]}""")]
    [InlineData("""{"\ud800":1}""")]
    [InlineData("""{"messages":[{"role":"user","content":"\x"}]}""")]
    public async Task A_line_that_is_not_strict_JSON_is_refused_and_its_neighbours_are_read(string line)
    {
        var lines = await Lines.ReadAsync($"{Lines.Question}\n{line}\n{Lines.Question}\n");

        Assert.Equal([1, 2, 3], lines.Select(result => result.Line));
        Assert.Equal((2, "$", RefusalCodes.Malformed), (lines[1].Refusal!.Line, lines[1].Refusal!.Field, lines[1].Refusal!.Code));
        Assert.NotNull(lines[0].Prompt);
        Assert.NotNull(lines[2].Prompt);
    }

    [Fact]
    public async Task A_duplicate_key_is_named()
    {
        var refusal = await Lines.RefuseOneAsync(Lines.With("\"task\":\"a\",\"task\":\"b\""));

        Assert.Contains("task", refusal.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nesting_without_end_is_refused()
    {
        var refusal = await Lines.RefuseOneAsync("{\"a\":" + new string('[', 100_000));

        Assert.Equal(RefusalCodes.Malformed, refusal.Code);
        Assert.Contains("depth", refusal.Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(new byte[] { 0xFF })]
    [InlineData(new byte[] { 0xC3, 0x28 })]
    [InlineData(new byte[] { 0xED, 0xA0, 0x80 })]
    [InlineData(new byte[] { 0xC0, 0x80 })]
    public async Task Invalid_UTF8_is_refused_with_its_place(byte[] bad)
    {
        byte[] line = [.. "{\"messages\":[{\"role\":\"user\",\"content\":\""u8, .. bad, .. "\"}]}"u8];
        var result = Assert.Single(await Lines.ReadAsync(line));

        Assert.Equal(RefusalCodes.Malformed, result.Refusal!.Code);
        Assert.Contains("not UTF-8: byte 39", result.Refusal.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_line_that_is_too_large_is_refused_by_number_and_the_rest_goes_on()
    {
        var options = new PromptReaderOptions { MaxPromptBytes = 100 };
        var lines = await Lines.ReadAsync($"{Lines.Question}\n{new string('x', 101)}\n{Lines.Question}\n{new string('y', 1_000_000)}", options);

        Assert.Equal([null, RefusalCodes.TooLarge, null, RefusalCodes.TooLarge], lines.Select(line => line.Refusal?.Code));
        Assert.Equal(4, lines[3].Line);
    }

    [Fact]
    public async Task An_array_element_that_is_too_large_is_refused_by_position_and_the_rest_goes_on()
    {
        var options = new PromptReaderOptions { MaxPromptBytes = 100 };
        var lines = await Lines.ReadAsync($"[{Lines.Question},{{\"a\":\"{new string(',', 200)}\"}},{Lines.Question}]", options);

        Assert.Equal([null, RefusalCodes.TooLarge, null], lines.Select(line => line.Refusal?.Code));
    }

    [Fact]
    public async Task Input_beyond_the_limit_is_read_up_to_there()
    {
        var text = string.Concat(Enumerable.Repeat(Lines.Question + "\n", 10_000));
        var lines = await Lines.ReadAsync(text, new() { MaxTotalBytes = 200_000 });

        Assert.Equal(RefusalCodes.InputTooLarge, lines[^1].Refusal!.Code);
        Assert.True(lines.Count > 1);
        Assert.Equal(lines.Count, lines[^1].Line);
        Assert.All(lines.SkipLast(1), line => Assert.NotNull(line.Prompt));
    }

    [Theory]
    [InlineData("[", 1)]
    [InlineData("[{\"a\":1}", 1)]
    [InlineData("[1,", 2)]
    [InlineData("[1,\"", 2)]
    public async Task A_truncated_array_says_where_it_was_cut_off(string text, int line)
    {
        var last = (await Lines.ReadAsync(text))[^1];

        Assert.Equal((line, RefusalCodes.Malformed), (last.Line, last.Refusal!.Code));
        Assert.Contains("cut off here", last.Refusal.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Gzip_is_recognised_by_its_first_bytes()
    {
        var lines = await Lines.ReadAsync(Zip($"{Lines.Question}\n{Lines.Question}\n"));

        Assert.Equal(2, lines.Count(line => line.Prompt is not null));
    }

    [Fact]
    public async Task Damaged_gzip_ends_in_a_refusal()
    {
        var bytes = Zip(string.Concat(Enumerable.Range(0, 5_000).Select(i => Lines.With($"\"task\":\"{Guid.NewGuid()}{i}\"") + "\n")));
        bytes.AsSpan(bytes.Length / 2, 100).Fill(0xAA);
        var lines = await Lines.ReadAsync(bytes);

        Assert.Equal(RefusalCodes.Malformed, lines[^1].Refusal!.Code);
    }

    [Fact]
    public async Task Truncated_gzip_ends_in_a_refusal()
    {
        var bytes = Zip(string.Concat(Enumerable.Range(0, 5_000).Select(i => Lines.With($"\"task\":\"{Guid.NewGuid()}{i}\"") + "\n")));
        var lines = await Lines.ReadAsync(bytes[..(bytes.Length / 2)]);

        Assert.Equal(RefusalCodes.Malformed, lines[^1].Refusal!.Code);
    }

    [Fact]
    public async Task A_gzip_bomb_is_stopped_at_the_limit()
    {
        var lines = await Lines.ReadAsync(Zip(new string(' ', 50_000_000)), new() { MaxTotalBytes = 1_000_000 });

        Assert.Equal(RefusalCodes.InputTooLarge, Assert.Single(lines).Refusal!.Code);
    }

    private static byte[] Zip(string text)
    {
        using var zipped = new MemoryStream();
        using (var zip = new GZipStream(zipped, CompressionLevel.Fastest))
        {
            zip.Write(Encoding.UTF8.GetBytes(text));
        }

        return zipped.ToArray();
    }
}
