using System.Text;
using StreamDistill.Student;

namespace Student.Tests.Tokens;

/// <summary>The same tokens as @huggingface/tokenizers, an implementation of its own that reads the same files.</summary>
public sealed class HuggingFaceTests : IDisposable
{
    private static readonly string[] Texts =
    [
        .. Corpus.Languages, .. Corpus.Oddities, .. Corpus.LongRuns(5000), .. Corpus.Random(seed: 11, count: 1000),
        "half \uD83D and \uDE00 x\uD83D\uD83D\uDE00", "\uDE00\uD83D", "\uD800'\uDFFF",
    ];

    private readonly ScratchDirectory _directory = new();

    public static TheoryData<string> Variants => ["gpt2", "gpt2 digits", "llama3", "llama3 whole pieces", "qwen2", "qwen2 composed"];

    public void Dispose() => _directory.Dispose();

    [Theory]
    [MemberData(nameof(Variants))]
    public async Task Every_text_has_the_same_tokens(string variant)
    {
        var tokenizer = Variant(variant);
        tokenizer.Write(_directory.Path);
        var texts = Texts.Where(text => !IsOther(variant, text)).ToList();
        var theirs = await OtherTokenizer.AskAsync("huggingface.mjs", _directory.Path, texts.Select(OtherTokenizer.Units));
        for (var i = 0; i < texts.Count; i++)
        {
            Assert.True(theirs[i].SequenceEqual(tokenizer.Encode(texts[i], allowSpecial: true)), $"other tokens for: {Escaped(texts[i])}");
        }
    }

    [Fact]
    public async Task Every_token_and_random_tokens_have_the_same_text()
    {
        var tokenizer = Trained.Qwen2;
        tokenizer.Write(_directory.Path);
        var random = new Random(2);
        List<int[]> questions =
        [
            .. Enumerable.Range(0, tokenizer.VocabularySize).Select(id => (int[])[id]),
            .. Enumerable.Range(0, 500).Select(_ => Enumerable.Range(0, 12).Select(_ => random.Next(tokenizer.VocabularySize)).ToArray()),
        ];
        var theirs = await OtherTokenizer.AskAsync("huggingface.mjs", _directory.Path, questions.Select(ids => new { ids }));
        Assert.Equal(theirs.Select(units => string.Concat(units.Select(unit => (char)unit))), questions.Select(ids => tokenizer.Decode(ids)));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_conversation_is_what_its_template_says_elsewhere(bool llama3)
    {
        var tokenizer = llama3 ? Llama3 : Trained.Qwen2;
        tokenizer.Write(_directory.Path);
        (string Role, string Content)[][] conversations =
        [
            [("user", "Hi")],
            [("system", "Be brief."), ("user", " What's\n\n2+2?\n"), ("assistant", "\n4 "), ("user", "")],
            [.. Corpus.Languages.Select((text, i) => (i % 2 == 0 ? "user" : "assistant", text))],
        ];
        foreach (var prompt in (bool[])[true, false])
        {
            var theirs = await OtherTokenizer.AskAsync("huggingface.mjs", _directory.Path, conversations.Select(conversation => new
            {
                messages = conversation.Select(message => new { role = message.Role, content = message.Content }),
                prompt,
            }));
            Assert.Equal(theirs, conversations.Select(conversation => tokenizer.Chat.Encode(conversation, prompt)));
        }
    }

    /// <summary>The differences that are left out above are there.</summary>
    [Theory]
    [InlineData("gpt2", "a \u0085b")] // white space for Unicode
    [InlineData("gpt2", "a \uFEFFb")] // white space for JavaScript
    [InlineData("gpt2 digits", "سنة ١٩٤٨")]
    public async Task Known_differences_are_theirs(string variant, string text)
    {
        Assert.True(IsOther(variant, text));
        var split = Variant(variant).Definition.Split;
        var tokenizer = BpeTrainer.Train(["x \uFEFF \uFEFF \uFEFF", "x £ ¥ §", "x و ل م"], new() { VocabularySize = 300, Split = split });
        tokenizer.Write(_directory.Path);
        var theirs = await OtherTokenizer.AskAsync("huggingface.mjs", _directory.Path, [OtherTokenizer.Units(text)]);
        Assert.NotEqual(theirs[0], tokenizer.Encode(text));
    }

    private static StudentTokenizer Llama3 { get; } = new(Trained.With(SplitPattern.Llama3).Definition with
    {
        AddedTokens = [.. Llama3Tokens],
        BeginOfText = Llama3Tokens.First(),
    });

    private static IEnumerable<AddedToken> Llama3Tokens =>
        ((string[])["<|begin_of_text|>", "<|start_header_id|>", "<|end_header_id|>", "<|eot_id|>"])
        .Select((token, i) => new AddedToken(4000 + i, token, Special: true, Normalized: false));

    private static StudentTokenizer Variant(string name) => name switch
    {
        "gpt2" => Trained.With(SplitPattern.Gpt2),
        "gpt2 digits" => Trained.With(SplitPattern.Gpt2Digits),
        "llama3" => Llama3,
        "llama3 whole pieces" => new(Llama3.Definition with { IgnoreMerges = true, Merges = [.. Llama3.Definition.Merges.Where((_, i) => i % 5 != 0)] }),
        "qwen2" => Trained.Qwen2,
        "qwen2 composed" => new(Trained.Qwen2.Definition with
        {
            ComposesText = true,
            AddedTokens = [.. Trained.Qwen2.Definition.AddedTokens, new(5000, "cafe\u0301", Special: false, Normalized: true), new(5001, "<thi", Special: false, Normalized: false)],
        }),
        _ => throw new ArgumentException(name),
    };

    /// <summary>
    /// Their ByteLevel takes JavaScript's \s, not Unicode's White_Space; their Digits knows those of ASCII only, Hugging Face's
    /// own (Rust's char::is_numeric) all of \p{N}.
    /// </summary>
    private static bool IsOther(string variant, string text) =>
        (variant.StartsWith("gpt2", StringComparison.Ordinal) && text.AsSpan().ContainsAny('\u0085', '\uFEFF'))
        || (variant == "gpt2 digits" && text.EnumerateRunes().Any(rune => !rune.IsAscii && Rune.IsNumber(rune)));

    private static string Escaped(string text) => string.Concat(text.Take(200).Select(unit => unit is >= ' ' and < '\u007F' ? unit.ToString() : $"\\u{(int)unit:X4}"));
}
