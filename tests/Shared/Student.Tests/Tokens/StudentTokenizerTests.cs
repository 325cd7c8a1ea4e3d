using System.Text;
using FsCheck;
using FsCheck.Fluent;
using StreamDistill.Student;
using Check = FsCheck.Check;

namespace Student.Tests.Tokens;

public sealed class StudentTokenizerTests
{
    private static readonly StudentTokenizer Tokenizer = Trained.Qwen2;

    private static readonly string[] Texts = [.. Corpus.Languages, .. Corpus.Oddities, .. Corpus.LongRuns(3000), .. Corpus.Random(seed: 1, count: 500)];

    public static TheoryData<SplitPattern> Patterns => [SplitPattern.Gpt2, SplitPattern.Gpt2Digits, SplitPattern.Llama3, SplitPattern.Qwen2];

    [Theory]
    [MemberData(nameof(Patterns))]
    public void Decoding_what_was_encoded_gives_the_text_back(SplitPattern pattern)
    {
        var tokenizer = Trained.With(pattern);
        Assert.All(Texts, text => Assert.Equal(text, tokenizer.Decode(tokenizer.Encode(text))));
        Assert.All(Texts, text => Assert.Equal(text, tokenizer.Decode(tokenizer.Encode(text, allowSpecial: true), skipSpecial: false)));
    }

    [Fact]
    public void Decoding_what_was_encoded_gives_any_well_formed_string_back() => Check.One(
        Config.QuickThrowOnFailure.WithMaxTest(2000),
        Prop.ForAll(ArbMap.Default.ArbFor<string>(), text => text is null || WellFormed(text) == Tokenizer.Decode(Tokenizer.Encode(text))));

    [Fact]
    public void Half_a_surrogate_pair_counts_as_a_replacement_character()
    {
        Assert.Equal(Tokenizer.Encode("a\uFFFDb"), Tokenizer.Encode("a\uD83Db"));
        Assert.Equal(Tokenizer.Encode("\uFFFD\uFFFDx😀"), Tokenizer.Encode("\uDE00\uD83Dx😀"));
    }

    [Theory]
    [InlineData(new byte[] { 0x61, 0xFF, 0x62 }, "a\uFFFDb")]
    [InlineData(new byte[] { 0xF0, 0x9F, 0x98 }, "\uFFFD")] // the head of a character: one maximal sequence
    [InlineData(new byte[] { 0xC0, 0xAF }, "\uFFFD\uFFFD")] // overlong
    [InlineData(new byte[] { 0xED, 0xA0, 0x80 }, "\uFFFD\uFFFD\uFFFD")] // a surrogate
    [InlineData(new byte[] { 0xE4, 0xB8, 0xAD, 0x80 }, "中\uFFFD")]
    public void Each_maximal_invalid_sequence_of_bytes_counts_as_a_replacement_character(byte[] bytes, string text) =>
        Assert.Equal(Tokenizer.Encode(text), Tokenizer.Encode(bytes));

    [Fact]
    public void Special_tokens_in_text_are_text_unless_they_are_allowed()
    {
        const string Text = "a<|im_end|>b";
        var end = Tokenizer.SpecialTokens["<|im_end|>"];
        Assert.DoesNotContain(end, Tokenizer.Encode(Text));
        Assert.Equal([.. Tokenizer.Encode("a"), end, .. Tokenizer.Encode("b")], Tokenizer.Encode(Text, allowSpecial: true));
        Assert.Equal("ab", Tokenizer.Decode(Tokenizer.Encode(Text, allowSpecial: true)));
    }

    [Fact]
    public void Every_token_has_its_bytes_and_its_id()
    {
        for (var id = 0; id < Tokenizer.VocabularySize; id++)
        {
            Assert.NotEqual("", Tokenizer.Token(id));
            Assert.Equal(id, Tokenizer.IdOf(Tokenizer.Token(id)));
            Assert.Equal(Encoding.UTF8.GetString(Tokenizer.TokenBytes(id).Span), Tokenizer.Decode([id], skipSpecial: false));
        }

        Assert.Equal(256, Enumerable.Range(0, 256).Select(id => Tokenizer.TokenBytes(id).ToArray()).Where(bytes => bytes.Length == 1).Select(bytes => bytes[0]).Distinct().Count());
    }

    [Fact]
    public void An_id_without_a_token_decodes_to_nothing()
    {
        Assert.Equal("ab", Tokenizer.Decode([.. Tokenizer.Encode("a"), int.MaxValue, -1, .. Tokenizer.Encode("b")]));
        Assert.Equal("", Tokenizer.Token(int.MaxValue));
        Assert.Null(Tokenizer.IdOf("no such token"));
    }

    [Fact]
    public void Tokens_decoded_one_by_one_give_the_same_text_in_whole_characters()
    {
        foreach (var text in Texts)
        {
            var decoder = new TokenDecoder(Tokenizer);
            var parts = Tokenizer.Encode(text).Select(decoder.Push).Append(decoder.Flush()).ToList();
            Assert.Equal(text, string.Concat(parts));
            Assert.DoesNotContain(parts, part => part.Contains('\uFFFD') && !text.Contains('\uFFFD'));
        }
    }

    [Fact]
    public void Random_tokens_decoded_one_by_one_give_what_all_together_give()
    {
        var random = new Random(7);
        for (var i = 0; i < 500; i++)
        {
            var ids = Enumerable.Range(0, 20).Select(_ => random.Next(Tokenizer.VocabularySize)).ToList();
            var decoder = new TokenDecoder(Tokenizer);
            Assert.Equal(Tokenizer.Decode(ids), string.Concat(ids.Select(decoder.Push)) + decoder.Flush());
        }
    }

    [Fact]
    public void A_character_of_several_tokens_comes_with_its_last()
    {
        var smiley = Encoding.UTF8.GetBytes("😀").Select(value => Trained.ByteId(Tokenizer, value)).ToList();
        var decoder = new TokenDecoder(Tokenizer);
        Assert.Equal(["", "", "", "😀", ""], [.. smiley.Select(decoder.Push), decoder.Flush()]);
        Assert.Equal(["", "\uFFFDa", ""], [decoder.Push(smiley[0]), decoder.Push(Trained.ByteId(Tokenizer, (byte)'a')), decoder.Flush()]);
        Assert.Equal(["", "\uFFFD"], [decoder.Push(smiley[0]), decoder.Flush()]);
    }

    /// <summary>Quadratic merging would take minutes.</summary>
    [Fact]
    public void A_piece_of_a_million_characters_is_encoded() =>
        Assert.Equal(new string('a', 1_000_000), Tokenizer.Decode(Tokenizer.Encode(new string('a', 1_000_000))));

    [Fact]
    public void Texts_are_encoded_alike_from_many_threads() =>
        Parallel.For(0, 4, _ => Assert.All(Texts, text => Assert.Equal(text, Tokenizer.Decode(Tokenizer.Encode(text)))));

    private static string WellFormed(string text) => Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text));
}
