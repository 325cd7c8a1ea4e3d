using StreamDistill.Student;

namespace Student.Tests.Generation;

public sealed class StopTextTests
{
    private static readonly StudentTokenizer Tokenizer = BpeTrainer.Train([], new BpeTrainerOptions { VocabularySize = 256 + 3 });

    [Theory]
    [InlineData("hello world", "", "hello world")]
    [InlineData("hello world", "o w", "hell")]
    [InlineData("hello world", "world|lo", "hel")]
    [InlineData("hello world", "worlds", "hello world")]
    [InlineData("aaab", "aab", "a")]
    [InlineData("naïve 👩‍👩‍👧 end", "👩‍👩‍👧 e", "naïve ")]
    [InlineData("x\n\nUser:", "\n\nUser:", "x")]
    public void A_text_goes_through_up_to_its_stop_wherever_tokens_end(string text, string stops, string expected)
    {
        // The vocabulary is bytes only: every stop text spans tokens.
        var stream = new StopText(new TokenDecoder(Tokenizer), stops.Split('|', StringSplitOptions.RemoveEmptyEntries));
        var pieces = Tokenizer.Encode(text).Select(stream.Push).ToList();
        pieces.Add(stream.Flush());

        Assert.Equal(expected, string.Concat(pieces));
        Assert.Equal(expected != text, stream.IsStopped);
    }

    [Fact]
    public void Text_is_held_back_only_while_it_may_begin_a_stop()
    {
        var stream = new StopText(new TokenDecoder(Tokenizer), ["abc"]);

        Assert.Equal(["", "", "abx", ""], Tokenizer.Encode("abxa").Select(stream.Push));
        Assert.Equal("a", stream.Flush());
        Assert.False(stream.IsStopped);
    }
}
