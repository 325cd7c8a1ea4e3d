using streamdistill;
using StreamDistill.Teach.OpenAi;

namespace StreamDistill.Teach.Tests.OpenAi;

public class PaidAnswersTests
{
    [Fact]
    public void An_answer_is_found_until_newer_ones_need_its_place()
    {
        var paid = new PaidAnswers(10_000);
        foreach (var id in Enumerable.Range(0, 20))
        {
            paid.Add(Answer(id));
        }

        Assert.False(paid.TryGet("0", out _));
        Assert.True(paid.TryGet("19", out var newest));
        Assert.Equal("19", newest.CompletionId);
        Assert.InRange(Enumerable.Range(0, 20).Count(id => paid.TryGet($"{id}", out _)), 1, 9);
    }

    [Fact]
    public void An_answer_larger_than_the_memory_is_not_kept()
    {
        var paid = new PaidAnswers(0);
        paid.Add(Answer(1));
        Assert.False(paid.TryGet("1", out _));
    }

    private static Completion Answer(int id) => new() { CompletionId = $"{id}", Answer = "", Prompt = Asking.Prompt() };
}
