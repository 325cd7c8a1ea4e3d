namespace StreamDistill.Contracts.Tests;

public class ThinkTagsTests
{
    [Theory]
    [InlineData("42", null, "42")]
    [InlineData("  42\n", null, "  42\n")]
    [InlineData("", null, "")]
    [InlineData("<think>six sevens</think>\n\n42", "six sevens", "42")]
    [InlineData("\n<think>\nsix sevens\n</think>\n42 \n", "six sevens", "42")]
    [InlineData("six sevens</think>42", "six sevens", "42")]
    [InlineData("<think>six sev", "six sev", "")]
    [InlineData("<think>", null, "")]
    [InlineData("<think></think>42", null, "42")]
    [InlineData("<think>\n\n</think>\n\n42", null, "42")]
    [InlineData("<think>a</think>b</think>c", "a", "b</think>c")]
    [InlineData("see <think> tags", null, "see <think> tags")]
    [InlineData("</think>", null, "")]
    public void Inline_reasoning_is_taken_apart_from_the_answer(string text, string? reasoning, string answer) =>
        Assert.Equal((reasoning, answer), ThinkTags.Split(text));

    [Theory]
    [InlineData(null, "42", "42")]
    [InlineData(" ", "42", "42")]
    [InlineData("\nsix sevens\n", " 42", "<think>\nsix sevens\n</think>\n42")]
    public void Reasoning_and_answer_are_joined_in_one_way(string? reasoning, string answer, string text) =>
        Assert.Equal(text, ThinkTags.Join(reasoning, answer));

    [Fact]
    public void What_was_joined_is_taken_apart_again() =>
        Assert.Equal(("six sevens", "42"), ThinkTags.Split(ThinkTags.Join("six sevens", "42")));
}
