using StreamDistill.Cli.Running;

namespace StreamDistill.Cli.Tests.Running;

public sealed class FeedWindowTests
{
    [Fact]
    public void One_prompt_is_always_let_through_however_large()
    {
        Assert.True(FeedWindow.IsOpen(new PromptFates(1), nextBytes: long.MaxValue / 2, backlogBytes: 0));
    }

    [Fact]
    public void What_is_in_flight_stays_within_the_bytes_allowed()
    {
        var fates = new PromptFates(1);
        fates.Accept("p", FeedWindow.BytesMax - 10);

        Assert.True(FeedWindow.IsOpen(fates, 10, 0));
        Assert.False(FeedWindow.IsOpen(fates, 11, 0));
    }

    [Fact]
    public void A_stage_that_is_far_behind_closes_the_window()
    {
        var fates = new PromptFates(1);
        fates.Accept("p", 1);

        Assert.False(FeedWindow.IsOpen(fates, 1, FeedWindow.BytesMax + 1));
    }

    [Fact]
    public void The_first_prompts_are_weighed_by_the_longest_completion_possible_and_later_ones_by_those_seen()
    {
        var window = new FeedWindow(completionBytes: 10_000);
        Assert.Equal(4 * (100 + 10_000 + FeedWindow.RecordOverheadBytes), window.BytesOf(promptBytes: 100, samples: 4));

        for (var i = 0; i < 32; i++)
        {
            window.OnCompletion(300);
        }

        Assert.Equal(4 * (100 + 600 + FeedWindow.RecordOverheadBytes), window.BytesOf(100, 4));
    }
}
