namespace StreamDistill.Train;

/// <summary>Where training stands, apart from weights and moments: trainer.json of a checkpoint.</summary>
internal sealed record TrainerState
{
    /// <summary>The run that began with the base model.</summary>
    public required string RunId { get; init; }

    /// <summary>The student's name.</summary>
    public required string Student { get; init; }

    /// <summary>The directory of the model that it began with.</summary>
    public required string BaseModel { get; init; }

    /// <summary>Steps done, skipped ones included.</summary>
    public long Step { get; init; }

    /// <summary>The round that is trained; 1 before the first step.</summary>
    public int Round { get; init; } = 1;

    /// <summary>Passes of the round that are done.</summary>
    public int Pass { get; init; }

    /// <summary>Steps of the pass that are done.</summary>
    public int StepInPass { get; init; }

    /// <summary>The next offset of each partition of curated after the round.</summary>
    public IReadOnlyDictionary<int, long> Offsets { get; init; } = new Dictionary<int, long>();

    /// <summary>Examples trained, each as often as it was.</summary>
    public long ExamplesSeen { get; init; }

    /// <summary>Tokens of these examples.</summary>
    public long TokensSeen { get; init; }

    /// <summary>Steps that were skipped because loss or gradient were not finite.</summary>
    public long SkippedSteps { get; init; }

    /// <summary>How many of them were the last ones.</summary>
    public int SkippedInARow { get; init; }

    /// <summary>The sum of the losses of the round's steps that were not skipped.</summary>
    public double RoundLossSum { get; init; }

    /// <summary>How many steps that is.</summary>
    public long RoundLosses { get; init; }

    /// <summary>The directory of the checkpoint that this one continues.</summary>
    public string? Parent { get; init; }

    /// <summary>How the student did on the holdout; null between the ends of rounds.</summary>
    public EvaluationFigures? Evaluation { get; init; }

    /// <summary>Whether it was better than the one promoted before.</summary>
    public bool Promoted { get; init; }

    /// <summary>When the checkpoint was written.</summary>
    public DateTime CreatedAt { get; init; }

    /// <summary>SHA-256 of each of the checkpoint's files, in lower-case hexadecimal, by its path in the directory.</summary>
    public IReadOnlyDictionary<string, string> Files { get; init; } = new Dictionary<string, string>();

    /// <summary>The mean loss of the round so far; 0 before the first step.</summary>
    public double TrainLoss => RoundLosses == 0 ? 0 : RoundLossSum / RoundLosses;

    /// <summary>Whether this is the base model or the end of a round; within a round at least a step of its pass is done.</summary>
    public bool IsBetweenRounds => StepInPass == 0;

    /// <summary>The state after a step.</summary>
    public TrainerState After(StepResult result) => this with
    {
        Step = Step + 1,
        StepInPass = StepInPass + 1,
        ExamplesSeen = ExamplesSeen + result.Examples,
        TokensSeen = TokensSeen + result.Tokens,
        SkippedSteps = SkippedSteps + (result.IsSkipped ? 1 : 0),
        SkippedInARow = result.IsSkipped ? SkippedInARow + 1 : 0,
        RoundLossSum = RoundLossSum + (result.IsSkipped ? 0 : result.Loss),
        RoundLosses = RoundLosses + (result.IsSkipped ? 0 : 1),
    };

    /// <summary>The state at the beginning of a round.</summary>
    public TrainerState At(RoundPlan plan) =>
        this with { Round = plan.Number, Pass = 0, StepInPass = 0, Offsets = plan.To, RoundLossSum = 0, RoundLosses = 0 };
}
