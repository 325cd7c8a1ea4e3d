using streamdistill;

namespace StreamDistill.Contracts.Tests;

public sealed class StableIdTests
{
    [Fact]
    public void The_same_parts_give_the_same_id_for_ever()
    {
        // Ids are in datasets that exist: this value must never change.
        Assert.Equal("25bdb3ee951905877f500004db9d528c", StableId.Of("a", null, ""));
    }

    [Fact]
    public void Parts_cannot_flow_into_each_other()
    {
        string[] ids = [StableId.Of("ab", "c"), StableId.Of("a", "bc"), StableId.Of("abc"), StableId.Of("abc", ""), StableId.Of("abc", null)];

        Assert.Equal(ids.Length, ids.Distinct().Count());
    }

    [Fact]
    public void A_completion_s_id_depends_on_everything_that_makes_the_call_another_call()
    {
        var teacher = new Teacher { Provider = "openai", Model = "m" };
        var sampling = new Sampling { N = 4, Temperature = 0.6, TopP = 0.95, MaxTokens = 100 };
        string[] ids =
        [
            StableId.Completion("p", 1, 0, teacher, sampling),
            StableId.Completion("q", 1, 0, teacher, sampling),
            StableId.Completion("p", 2, 0, teacher, sampling),
            StableId.Completion("p", 1, 1, teacher, sampling),
            StableId.Completion("p", 1, 0, teacher with { Model = "n" }, sampling),
            StableId.Completion("p", 1, 0, teacher, sampling with { Temperature = 0.7 }),
            StableId.Completion("p", 1, 0, teacher, sampling with { Seed = 1 }),
        ];

        Assert.Equal(ids.Length, ids.Distinct().Count());
        Assert.Equal(ids[0], StableId.Completion("p", 1, 0, teacher with { }, sampling with { }));
    }
}
