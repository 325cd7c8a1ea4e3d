namespace StreamDistill.Compact.Tests;

public sealed class NormalisedTextTests
{
    [Theory]
    [InlineData(" a\t b\r\n\n c ", "a b c")]
    [InlineData("", "")]
    [InlineData(" \n ", "")]
    [InlineData("a\u00A0\u2003b", "a b")]
    public void White_space_runs_become_one_space_and_none_at_the_ends(string text, string normalised) =>
        Assert.Equal(normalised, NormalisedText.Of(text));

    [Theory]
    [InlineData("\u00E9", "e\u0301")]
    [InlineData("\u212B", "\u00C5")] // angstrom sign, A with ring
    [InlineData("\u1E69", "s\u0307\u0323")] // s with dot below and above, marks in the other order
    [InlineData("\uD55C\uAE00", "\u1112\u1161\u11AB\u1100\u1173\u11AF")] // Hangul
    [InlineData("\u01D6", "\u00FC\u0304")] // decomposes twice
    [InlineData("\U0001D15E", "\U0001D157\U0001D165")] // beyond the basic plane
    public void Canonically_equivalent_texts_are_the_same(string left, string right) =>
        Assert.Equal(NormalisedText.Of(left), NormalisedText.Of(right));

    [Theory]
    [InlineData("A", "a")]
    [InlineData("\uFF11", "1")] // a compatibility form is another character
    [InlineData("a\u0301\u0300", "a\u0300\u0301")] // marks of the same class keep their order
    [InlineData("a b", "ab")]
    public void Other_texts_stay_apart(string left, string right) =>
        Assert.NotEqual(NormalisedText.Of(left), NormalisedText.Of(right));

    [Fact]
    public void A_million_combining_marks_and_a_lone_surrogate_are_text_like_any_other()
    {
        var marks = string.Concat(Enumerable.Repeat("\u0301\u0323", 500_000));
        Assert.Equal("a" + new string('\u0323', 500_000) + new string('\u0301', 500_000), NormalisedText.Of("a" + marks));
        Assert.Equal("\uFFFD!", NormalisedText.Of("\uD800!"));
    }
}
