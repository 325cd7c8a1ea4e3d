using StreamDistill.Cli.Running;

namespace StreamDistill.Cli.Tests.Running;

public sealed class PromptFatesTests
{
    private readonly PromptFates fates = new(attemptsMax: 2);

    [Fact]
    public void A_prompt_is_in_flight_until_all_samples_are_decided_and_one_is_verified()
    {
        fates.Accept("p");
        fates.OnVerdict("p", attempt: 1, sampleCount: 3, passed: true);
        fates.OnVerdict("p", 1, 3, passed: false);
        Assert.Equal(1, fates.InFlight);

        fates.OnVerdict("p", 1, 3, passed: false);
        Assert.Equal(0, fates.InFlight);
    }

    [Fact]
    public void A_prompt_whose_samples_are_all_rejected_ends_with_its_last_attempt_only()
    {
        fates.Accept("p");
        fates.OnVerdict("p", 1, 1, passed: false);
        Assert.Equal(1, fates.InFlight);

        fates.OnVerdict("p", 2, 2, passed: false);
        Assert.Equal(1, fates.InFlight);

        fates.OnVerdict("p", 2, 2, passed: false);
        Assert.Equal(0, fates.InFlight);
        Assert.Equal(1, fates.Count().Rejected);
    }

    [Fact]
    public void Records_that_are_read_before_the_acceptance_is_known_count_all_the_same()
    {
        fates.OnPrompt("p");
        fates.OnVerdict("p", 1, 1, passed: true);
        Assert.Equal(0, fates.Seen);

        Assert.True(fates.Accept("p"));
        Assert.Equal((1, 0), (fates.Seen, fates.InFlight));
    }

    [Fact]
    public void An_id_is_accepted_once()
    {
        Assert.True(fates.Accept("p"));
        Assert.False(fates.Accept("p"));
        Assert.Equal((1, 1), (fates.Accepted, fates.InFlight));
    }

    [Fact]
    public void Every_prompt_has_one_end_and_the_best_one_counts()
    {
        foreach (var id in new[] { "curated", "withdrawn", "weightless", "rejected", "dead", "dead and verified", "unfinished" })
        {
            fates.Accept(id);
        }

        foreach (var id in new[] { "curated", "withdrawn", "weightless", "dead and verified" })
        {
            fates.OnVerdict(id, 1, 1, passed: true);
        }

        fates.OnVerdict("rejected", 2, 1, passed: false);
        fates.OnExample("e1", "curated", counts: true);
        fates.OnExample("e2", "withdrawn", counts: true);
        fates.OnWithdrawn("e2");
        fates.OnExample("e3", "weightless", counts: false);
        fates.OnDeadLetter("dead");
        fates.OnDeadLetter("dead and verified");
        fates.OnDeadLetter(null);
        fates.OnDeadLetter("of nobody");

        Assert.Equal(new FateCounts(Accepted: 7, Curated: 1, NotSelected: 3, Rejected: 1, DeadLettered: 1, Unfinished: 1), fates.Count());
    }

    [Fact]
    public void An_example_that_another_prompts_replaces_is_the_other_prompts()
    {
        fates.Accept("first");
        fates.Accept("better");
        fates.OnVerdict("first", 1, 1, passed: true);
        fates.OnVerdict("better", 1, 1, passed: true);
        fates.OnExample("e", "first", counts: true);
        fates.OnExample("e", "better", counts: true);

        Assert.Equal((1, 1), (fates.Count().Curated, fates.Count().NotSelected));
        fates.OnWithdrawn("e");
        Assert.Equal((0, 2), (fates.Count().Curated, fates.Count().NotSelected));
    }

    [Fact]
    public void Once_drained_nothing_is_in_flight_and_what_was_rejected_before_its_last_attempt_is_rejected_for_good()
    {
        fates.Accept("p");
        fates.OnVerdict("p", 1, 1, passed: false);
        fates.OnDrained();

        Assert.Equal((0, 1), (fates.InFlight, fates.Count().Rejected));
    }
}
