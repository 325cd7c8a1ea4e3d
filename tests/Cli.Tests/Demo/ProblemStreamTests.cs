using StreamDistill.Cli.Demo;

namespace StreamDistill.Cli.Tests.Demo;

public sealed class ProblemStreamTests
{
    private const int Many = 3000;

    [Fact]
    public void A_stream_asks_nothing_twice_and_a_seed_gives_the_same_stream_again()
    {
        var questions = Questions(1, ProblemPool.Training);

        Assert.Equal(Many, questions.Distinct().Count());
        Assert.Equal(questions, Questions(1, ProblemPool.Training));
        Assert.NotEqual(questions, Questions(2, ProblemPool.Training));
    }

    [Fact]
    public void No_question_of_one_pool_is_in_another_under_any_name()
    {
        var training = Keys(ProblemPool.Training);
        var prompts = Keys(ProblemPool.Prompts);

        Assert.Empty(training.Intersect(prompts));
        Assert.All(ProblemStream.Of(6, ProblemPool.HeldOut).Take(500), problem => Assert.False(training.Contains(problem.Key) || prompts.Contains(problem.Key), problem.Key));
    }

    private static HashSet<string> Keys(ProblemPool pool) => [.. Enumerable.Range(1, 5).SelectMany(seed => ProblemStream.Of(seed, pool).Take(Many)).Select(problem => problem.Key)];

    private static List<string> Questions(int seed, ProblemPool pool) => [.. ProblemStream.Of(seed, pool).Take(Many).Select(problem => problem.Question)];
}
