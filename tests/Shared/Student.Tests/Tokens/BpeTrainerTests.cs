using StreamDistill.Contracts;
using StreamDistill.Student;

namespace Student.Tests.Tokens;

public sealed class BpeTrainerTests
{
    [Fact]
    public void The_most_frequent_neighbours_become_tokens_first_and_of_equals_those_with_the_lowest_ids()
    {
        // ab 6 times, then Ġab and abc 4 times each: Ġ has a lower id than ab. Then Ġabc 3 times; xy, zw, Ġx, Ġz twice each.
        var tokenizer = BpeTrainer.Train(["abc abc abc abc", "ab ab zw zw xy xy"], new() { VocabularySize = 256 + 3 + 6, SpecialTokens = ["<a>", "<b>", "<c>"] });
        Assert.Equal(["ab", "Ġab", "Ġabc", "xy", "zw", "Ġxy"], Enumerable.Range(256, 6).Select(tokenizer.Token));
        Assert.Equal(["<a>", "<b>", "<c>"], Enumerable.Range(262, 3).Select(tokenizer.Token));
    }

    [Fact]
    public void Training_twice_gives_the_same_file()
    {
        using var directory = new ScratchDirectory();
        var files = Enumerable.Range(0, 2).Select(i =>
        {
            var path = Path.Combine(directory.Path, $"{i}");
            Trained.Train(SplitPattern.Llama3, 1000).Write(path);
            return File.ReadAllText(Path.Combine(path, StudentTokenizer.FileName));
        }).ToList();
        Assert.Equal(files[0], files[1]);
    }

    [Fact]
    public void What_occurs_more_seldom_than_the_least_frequency_becomes_no_token()
    {
        var tokenizer = BpeTrainer.Train(["ab ab ab", "cd cd"], new() { VocabularySize = 10_000, MinFrequency = 3, SpecialTokens = [] });
        Assert.Equal(["ab"], Enumerable.Range(256, tokenizer.VocabularySize - 256).Select(tokenizer.Token));
    }

    [Fact]
    public void Every_text_can_be_encoded_without_any_training_text()
    {
        var tokenizer = BpeTrainer.Train([], new() { VocabularySize = 259 });
        Assert.Equal(259, tokenizer.VocabularySize);
        Assert.Equal("naïve 😀", tokenizer.Decode(tokenizer.Encode("naïve 😀")));
    }

    [Fact]
    public void Digits_are_no_tokens_together_where_the_pattern_splits_them()
    {
        var tokenizer = BpeTrainer.Train(["1948 1948 1948 1948"], new() { VocabularySize = 1000, Split = SplitPattern.Qwen2 });
        Assert.Equal(4, tokenizer.Encode("1948").Count);
    }

    [Fact]
    public void Runs_of_one_character_are_counted_and_merged_without_overlap()
    {
        var tokenizer = BpeTrainer.Train(["aaaaaaa aaaaaaa aaaaaaa"], new() { VocabularySize = 1000, SpecialTokens = [] });
        Assert.Equal("aaaaaaa", tokenizer.Decode(tokenizer.Encode("aaaaaaa")));
        Assert.Single(tokenizer.Encode("aaaaaaa"));
    }

    [Theory]
    [InlineData(258, "VocabularySize is 258; it must be at least 259")]
    [InlineData(-1, "VocabularySize is -1; it must be at least 259")]
    public void A_vocabulary_too_small_for_bytes_and_special_tokens_is_refused(int size, string message) =>
        Assert.StartsWith(message, Assert.Throws<StreamDistillException>(() => BpeTrainer.Train([], new() { VocabularySize = size })).Message);

    [Fact]
    public void Special_tokens_named_twice_are_refused() =>
        Assert.Contains("named twice", Assert.Throws<StreamDistillException>(() => BpeTrainer.Train([], new() { SpecialTokens = ["<a>", "<a>"] })).Message);
}
