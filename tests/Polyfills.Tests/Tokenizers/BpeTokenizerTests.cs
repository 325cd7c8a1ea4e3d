using System.Text.RegularExpressions;
using Microsoft.ML.Tokenizers;

namespace Polyfills.Tests.Tokenizers;

public sealed class BpeTokenizerTests
{
    private static readonly Dictionary<string, int> Vocabulary = MakeVocabulary("ab", "bc", "abc", "Ġab", "aa", "aaaa", "Ċ", "Ã©");

    [Theory]
    [InlineData("ab", new[] { "ab" })]
    [InlineData("abc", new[] { "abc" })] // a b first, then ab c
    [InlineData("bc", new[] { "bc" })]
    [InlineData(" ab", new[] { "Ġab" })]
    [InlineData("aaaaa", new[] { "aaaa", "a" })] // leftmost first
    [InlineData("aabc", new[] { "a", "abc" })] // the lowest rank first, wherever it stands
    [InlineData("é", new[] { "Ã©" })] // two bytes
    [InlineData("x\n", new[] { "x", "Ċ" })]
    [InlineData("", new string[0])]
    public void Neighbours_are_merged_in_the_order_of_the_merges(string text, string[] tokens) =>
        Assert.Equal(tokens.Select(token => Vocabulary[token]), Create().EncodeToIds(text));

    [Fact]
    public void Each_piece_of_the_pre_tokenizer_is_encoded_by_itself()
    {
        Assert.Equal(Ids("a", "b"), Create(new Fixed((0, 1), (1, 1))).EncodeToIds("ab"));
        Assert.Equal(Ids("b"), Create(new Fixed((1, 1))).EncodeToIds("ab"));
        Assert.Equal(Ids("ab"), Create(new Fixed((0, 1), (1, 1))).EncodeToIds("ab", considerPreTokenization: false));
    }

    [Fact]
    public void A_piece_that_is_a_special_token_is_that_token_and_nothing_within_a_piece_is()
    {
        var tokenizer = Create(special: new() { ["aé"] = 7000, ["abc"] = 7001 });
        Assert.Equal([7000, 7001], tokenizer.EncodeToIds("aéabc"));
        Assert.Equal(Ids("ab", "b"), Create(special: new() { ["b"] = 7000 }).EncodeToIds("abb"));
        Assert.Equal(7001, tokenizer.SpecialTokens!["abc"]);
    }

    [Fact]
    public void Half_a_surrogate_pair_is_encoded_as_three_bytes() =>
        Assert.Equal(Ids("í", "ł", "½"), Create().EncodeToIds("\uD83D"));

    [Fact]
    public void Bytes_that_have_no_token_are_left_out()
    {
        var tokenizer = BpeTokenizer.Create(new BpeOptions(new Dictionary<string, int> { ["a"] = 0 }) { ByteLevel = true, PreTokenizer = new Fixed() });
        Assert.Equal([0, 0], tokenizer.EncodeToIds("a-a", considerPreTokenization: false));
    }

    [Fact]
    public void Tokens_are_counted_as_they_are_encoded() =>
        Assert.Equal(3, Create().CountTokens("abc x"));

    /// <summary>Long pieces are merged by a queue, short ones by looking through them: the result must not tell.</summary>
    [Fact]
    public void Pieces_of_every_length_are_merged_as_the_definition_says()
    {
        var random = new Random(1);
        var tokenizer = Create();
        for (var length = 1; length < 300; length++)
        {
            var text = string.Concat(Enumerable.Range(0, length).Select(_ => "abc"[random.Next(3)]));
            Assert.Equal(Merged(text), tokenizer.EncodeToIds(text, considerPreTokenization: false));
            Assert.Equal(Merged(text), tokenizer.EncodeToIds(text, considerPreTokenization: false)); // from its cache, if it has one
        }
    }

    [Fact]
    public void The_vocabulary_is_as_given() => Assert.Equal(Vocabulary, Create().Vocabulary);

    [Fact]
    public void What_makes_no_tokenizer_is_refused()
    {
        Assert.Throws<ArgumentNullException>(() => BpeTokenizer.Create((BpeOptions)null!));
        Assert.Throws<ArgumentNullException>(() => new BpeOptions((IEnumerable<KeyValuePair<string, int>>)null!));
        Assert.Throws<InvalidOperationException>(() => Make([], []));
        Assert.Throws<ArgumentException>(() => Make([new("a", 0), new("a", 1)], []));
        Assert.Throws<ArgumentException>(() => Make([new("a", 0), new("b", 0)], []));
        Assert.Throws<InvalidOperationException>(() => Make([new("a", 0), new("b", 1)], ["a b"])); // ab is no token
        Assert.Throws<InvalidOperationException>(() => Make(Vocabulary, ["a x y"]));
        Assert.Throws<InvalidOperationException>(() => Make(Vocabulary, ["ab"]));
        Assert.Throws<InvalidOperationException>(() => Make(Vocabulary, [null!]));
        Assert.Throws<ArgumentException>(() => Make(Vocabulary, ["a b", "a b"]));
    }

    private static readonly string[] Merges = ["a b", "b c", "ab c", "Ġ ab", "a a", "aa aa", "Ã ©"];

    private static BpeTokenizer Create(PreTokenizer? preTokenizer = null, Dictionary<string, int>? special = null) => BpeTokenizer.Create(new BpeOptions(Vocabulary)
    {
        Merges = Merges,
        ByteLevel = true,
        PreTokenizer = preTokenizer ?? new Words(),
        SpecialTokens = special,
    });

    private static BpeTokenizer Make(IEnumerable<KeyValuePair<string, int>> vocabulary, string[] merges) =>
        BpeTokenizer.Create(new BpeOptions(vocabulary) { Merges = merges, ByteLevel = true, PreTokenizer = new Words() });

    private static IEnumerable<int> Ids(params string[] tokens) => tokens.Select(token => Vocabulary[token]);

    /// <summary>The definition, at its slowest: of all neighbours the lowest merge, again and again.</summary>
    private static IEnumerable<int> Merged(string text)
    {
        var tokens = text.Select(unit => unit.ToString()).ToList();
        while (true)
        {
            var best = Enumerable.Range(0, Math.Max(0, tokens.Count - 1))
                .Select(at => (Rank: Array.IndexOf(Merges, $"{tokens[at]} {tokens[at + 1]}"), At: at))
                .Where(pair => pair.Rank >= 0)
                .DefaultIfEmpty((-1, -1))
                .Min();
            if (best.Item2 < 0)
            {
                return Ids([.. tokens]);
            }

            tokens[best.Item2] += tokens[best.Item2 + 1];
            tokens.RemoveAt(best.Item2 + 1);
        }
    }

    /// <summary>GPT-2's byte alphabet, then the tokens.</summary>
    private static Dictionary<string, int> MakeVocabulary(params string[] tokens)
    {
        var printable = Enumerable.Range('!', 94).Concat(Enumerable.Range(0xA1, 12)).Concat(Enumerable.Range(0xAE, 82));
        return printable.Concat(Enumerable.Range(0x100, 68)).Select(code => ((char)code).ToString()).Concat(tokens).Distinct()
            .Select((token, id) => (token, id)).ToDictionary(entry => entry.token, entry => entry.id);
    }

    /// <summary>Words with one leading space, and newlines; "aé" as one.</summary>
    private sealed class Words : PreTokenizer
    {
        public override IEnumerable<(int Offset, int Length)> PreTokenize(string text) =>
            Regex.Matches(text, "aé| ?[^ \n]+|\n").Select(match => (match.Index, match.Length));

        public override IEnumerable<(int Offset, int Length)> PreTokenize(ReadOnlySpan<char> text) => PreTokenize(text.ToString());
    }

    private sealed class Fixed(params (int Offset, int Length)[] pieces) : PreTokenizer
    {
        public override IEnumerable<(int Offset, int Length)> PreTokenize(string text) => pieces;

        public override IEnumerable<(int Offset, int Length)> PreTokenize(ReadOnlySpan<char> text) => pieces;
    }
}
