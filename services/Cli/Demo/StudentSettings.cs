using static System.FormattableString;

namespace StreamDistill.Cli.Demo;

/// <summary>How the demo's and the study's students are trained.</summary>
internal static class StudentSettings
{
    /// <summary>The trainer's settings, the same for every student that is compared.</summary>
    /// <param name="seed">Of the order of examples.</param>
    /// <param name="roundExamples">Examples of a round, after which the student is judged.</param>
    /// <param name="heldOut">Problems to be judged by.</param>
    public static IReadOnlyList<string> For(long seed, int roundExamples, int heldOut) =>
    [
        $"Train:Seed={seed}",
        $"Train:RoundExamplesMin={roundExamples}",
        $"Train:RoundExamplesMax={roundExamples}",
        "Train:Passes=3",
        "Train:ReplayShare=0.4",
        "Train:SequenceLength=256",
        "Train:TokensPerStep=1024",
        "Train:CheckpointSteps=1000",
        "Train:KeepCheckpoints=100",
        "Train:Optimizer:LearningRate=0.0004",
        .. Judging(heldOut, temperature: 0),
    ];

    /// <summary>The settings by which the trainer judges a model, and without examples does nothing else.</summary>
    /// <param name="heldOut">Problems to be judged by.</param>
    /// <param name="temperature">Of the answers.</param>
    public static IReadOnlyList<string> Judging(int heldOut, double temperature) =>
    [
        // On a model this small a second thread waits more than it works; the other processors are for the other programs.
        "Train:Threads=1",
        Invariant($"Train:Evaluation:HoldoutMax={heldOut}"),
        Invariant($"Train:Evaluation:MaxTokens={DemoCorpus.AnswerTokensMax}"),
        Invariant($"Train:Evaluation:Temperature={temperature}"),
    ];
}
