using StreamDistill.Interop;
using StreamDistill.Student;

namespace Student.Tests.Tokens;

/// <summary>The same tokens as npm's gpt-tokenizer with OpenAI's own vocabularies, converted to tokenizer.json.</summary>
public sealed class GptTokenizerTests : IDisposable
{
    private readonly ScratchDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Theory]
    [InlineData("r50k_base", 50_256)]
    [InlineData("cl100k_base", 100_256)]
    public async Task Every_text_has_the_same_tokens(string encoding, int size)
    {
        var tokenizer = await ReadAsync(encoding);
        Assert.Equal(size, tokenizer.VocabularySize);
        string[] texts = [.. Corpus.Languages, .. Corpus.Oddities, .. Corpus.LongRuns(2000), .. Corpus.Random(seed: 21, count: 3000), "half \uD83D and \uDE00 x\uD83D\uD83D\uDE00"];
        var compared = texts.Where(text => !IsOther(text)).ToList();
        Assert.InRange(compared.Count, texts.Length * 9 / 10, texts.Length);
        var theirs = await OtherTokenizer.AskAsync("gpt.mjs", encoding, compared.Select(OtherTokenizer.Units));
        for (var i = 0; i < compared.Count; i++)
        {
            Assert.True(theirs[i].SequenceEqual(tokenizer.Encode(compared[i])), $"other tokens for: {compared[i]}");
        }
    }

    [Theory]
    [InlineData("x \u0085y")] // white space for Unicode
    [InlineData("x \uFEFFy")] // white space for JavaScript
    public async Task Two_characters_are_white_space_for_only_one_of_us(string text)
    {
        Assert.True(IsOther(text));
        var theirs = await OtherTokenizer.AskAsync("gpt.mjs", "r50k_base", [OtherTokenizer.Units(text)]);
        Assert.NotEqual(theirs[0], (await ReadAsync("r50k_base")).Encode(text));
    }

    /// <summary>The one difference that is left out: JavaScript's \s is not Unicode's White_Space, which the expressions mean.</summary>
    private static bool IsOther(string text) => text.AsSpan().ContainsAny('\u0085', '\uFEFF');

    private async Task<StudentTokenizer> ReadAsync(string encoding)
    {
        await OtherProgram.Tokenizers.RequireAsync();
        await OtherProgram.Tokenizers.RunAsync("Node/tokenizers/from-ranks.mjs", [encoding, Path.Combine(_directory.Path, StudentTokenizer.FileName)]);
        return StudentTokenizer.Read(_directory.Path);
    }
}
