using streamdistill;

namespace StreamDistill.Pipeline.Tests;

/// <summary>Topics and a group of each test's own. The tests mostly wait for groups to form, hence several classes beside each other.</summary>
public abstract class StageTestBase(Cluster cluster)
{
    protected Cluster Cluster { get; } = cluster;

    protected string Input { get; } = Tests.Cluster.NewTopic("in");

    protected string Output { get; } = Tests.Cluster.NewTopic("out");

    protected string Group { get; } = Tests.Cluster.NewTopic("stage");

    protected static IEnumerable<Prompt> Prompts(int count) => Ids(count).Select(Tests.Cluster.Prompt);

    protected static List<string> Ids(int count) => Enumerable.Range(0, count).Select(i => $"p-{i:D4}").ToList();

    protected static ValueTask<IReadOnlyList<Output>> Outputs(params Output[] outputs) => ValueTask.FromResult<IReadOnlyList<Output>>(outputs);

    protected ValueTask<IReadOnlyList<Output>> Echo(IReadOnlyList<Input<Prompt>> unit, CancellationToken cancellation) =>
        Outputs(new Output(Output, unit[0].Value.PromptId, unit[0].Value));
}
