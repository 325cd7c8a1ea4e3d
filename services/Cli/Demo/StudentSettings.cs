namespace StreamDistill.Cli.Demo;

/// <summary>How the demo's and the study's students are trained.</summary>
internal static class StudentSettings
{
    /// <summary>Examples of a round, after which the student is judged.</summary>
    public const int RoundExamples = 150;

    /// <summary>The trainer's settings, the same for every student that is compared.</summary>
    public static IReadOnlyList<string> For(long seed) =>
    [
        $"--Train:Seed={seed}",
        $"--Train:RoundExamplesMin={RoundExamples}",
        $"--Train:RoundExamplesMax={RoundExamples}",
        "--Train:Passes=6",
        "--Train:ReplayShare=0.4",
        "--Train:SequenceLength=256",
        "--Train:TokensPerStep=1024",
        "--Train:CheckpointSteps=1000",
        "--Train:KeepCheckpoints=100",
        "--Train:Optimizer:LearningRate=0.001",
        $"--Train:Evaluation:MaxTokens={DemoCorpus.AnswerTokensMax}",
    ];
}
