using System.ComponentModel.DataAnnotations;
using StreamDistill.Verification;

namespace StreamDistill.Train;

/// <summary>What a student learns to say.</summary>
public enum Target
{
    /// <summary>The teacher's chain of thought in &lt;think&gt; tags, then its answer; the answer alone where it wrote no thoughts apart.</summary>
    Teacher,

    /// <summary>A person's rationale in &lt;think&gt; tags, then the reference answer. Examples without both are left out.</summary>
    Human,

    /// <summary>The final answer only, no chain of thought: the reference answer, or the teacher's where there is none.</summary>
    Answer,
}

/// <summary>What becomes of an example that does not fit in <see cref="TrainOptions.SequenceLength"/>.</summary>
public enum TooLong
{
    /// <summary>It is left out.</summary>
    Drop,

    /// <summary>Its end is cut off, unless nothing of its target would be left.</summary>
    Cut,
}

/// <summary>Which weights are trained.</summary>
public enum Method
{
    /// <summary>All.</summary>
    Full,

    /// <summary>Low-rank changes to the linear layers (LoRA, arXiv 2106.09685).</summary>
    Lora,
}

/// <summary>How a student is trained; section <c>Train</c>. A round that has begun is finished with the seed, passes and packing it began with.</summary>
public sealed class TrainOptions
{
    /// <summary>The section's name.</summary>
    public const string Section = "Train";

    /// <summary>The student's name: the key of its checkpoints, and their directory.</summary>
    [Required(ErrorMessage = "Give the student a name, such as math-small.")]
    [RegularExpression("[A-Za-z0-9][A-Za-z0-9._-]{0,99}", ErrorMessage = "Allowed are up to 100 letters, digits, dots, hyphens and underscores, beginning with a letter or digit.")]
    public string Student { get; init; } = "";

    /// <summary>The directory of the model to begin with: config.json, model.safetensors, tokenizer.json.</summary>
    [Required(ErrorMessage = "Give the directory of the model to begin with: config.json, model.safetensors and tokenizer.json, Llama or Qwen2.")]
    public string BaseModel { get; init; } = "";

    /// <summary>Where the students' directories of checkpoints are. Default checkpoints.</summary>
    [Required(ErrorMessage = "Give the directory for checkpoints.")]
    public string Output { get; init; } = "checkpoints";

    /// <summary>A file of examples as JSON lines to train from, then end; otherwise the topic curated is followed.</summary>
    public string? From { get; init; }

    /// <summary>What the student learns to say. Default <see cref="Target.Teacher"/>.</summary>
    public Target Target { get; init; } = Target.Teacher;

    /// <summary>What becomes of an example that is too long. Default <see cref="TooLong.Drop"/>.</summary>
    public TooLong TooLong { get; init; } = TooLong.Drop;

    /// <summary>Which weights are trained. Default <see cref="Method.Full"/>.</summary>
    public Method Method { get; init; } = Method.Full;

    /// <summary>Decides order, replay and draws. Default 1.</summary>
    public long Seed { get; init; } = 1;

    /// <summary>libtorch's threads; 0 leaves the choice to it. With 1 the same examples give the same bytes. Default 0.</summary>
    [Range(0, 1024, ErrorMessage = "Allowed is a whole number from 0 to 1024; 0 leaves the choice to libtorch.")]
    public int Threads { get; init; }

    /// <summary>cpu, cuda or cuda:N. Default cpu.</summary>
    [RegularExpression("cpu|cuda(:[0-9]+)?", ErrorMessage = "Allowed are cpu, cuda and cuda:N.")]
    public string Device { get; init; } = "cpu";

    /// <summary>How often each example is trained in its round. Default 2.</summary>
    [Range(1, 100, ErrorMessage = "Allowed is a whole number from 1 to 100.")]
    public int Passes { get; init; } = 2;

    /// <summary>New examples for which a round begins at once. Default 256.</summary>
    [Range(1, int.MaxValue, ErrorMessage = "Allowed is a whole number from 1.")]
    public int RoundExamplesMin { get; init; } = 256;

    /// <summary>Records read for one round at most. Default 20000.</summary>
    [Range(1, 1_000_000, ErrorMessage = "Allowed is a whole number from 1 to 1000000.")]
    public int RoundExamplesMax { get; init; } = 20_000;

    /// <summary>After how long a round begins with fewer. Default 10 minutes.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "30.00:00:00", ErrorMessage = "Allowed is a time from 00:00:00 to 30.00:00:00.")]
    public TimeSpan RoundWait { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Examples of earlier rounds that are kept for replay; 0 keeps none. Default 10000.</summary>
    [Range(0, 1_000_000, ErrorMessage = "Allowed is a whole number from 0 to 1000000.")]
    public int ReplayExamplesMax { get; init; } = 10_000;

    /// <summary>The share of a later round's examples that are replayed, against forgetting. Default 0.2.</summary>
    [Range(0, 0.9, ErrorMessage = "Allowed is a number from 0 to 0.9.")]
    public double ReplayShare { get; init; } = 0.2;

    /// <summary>Tokens of a row, into which several examples are packed; the longest example trained. Default 512.</summary>
    [Range(8, 1_000_000, ErrorMessage = "Allowed is a whole number from 8 to 1000000.")]
    public int SequenceLength { get; init; } = 512;

    /// <summary>Tokens of a pack, which is computed at once. Default 4096.</summary>
    [Range(8, 100_000_000, ErrorMessage = "Allowed is a whole number from 8 to 100000000.")]
    public int TokensPerStep { get; init; } = 4096;

    /// <summary>Packs whose gradients are added up for one step of the optimizer. Default 1.</summary>
    [Range(1, 10_000, ErrorMessage = "Allowed is a whole number from 1 to 10000.")]
    public int GradientAccumulation { get; init; } = 1;

    /// <summary>Steps between checkpoints; there is one at the end of each round besides. Default 100.</summary>
    [Range(1, int.MaxValue, ErrorMessage = "Allowed is a whole number from 1.")]
    public int CheckpointSteps { get; init; } = 100;

    /// <summary>Checkpoints that are kept, the promoted one apart. Default 3.</summary>
    [Range(2, 1000, ErrorMessage = "Allowed is a whole number from 2 to 1000: where the last one is damaged, the one before is needed.")]
    public int KeepCheckpoints { get; init; } = 3;

    /// <summary>Steps between log lines. Default 10.</summary>
    [Range(1, int.MaxValue, ErrorMessage = "Allowed is a whole number from 1.")]
    public int LogSteps { get; init; } = 10;

    /// <summary>Steps in a row without a finite loss and gradient after which training stops. Default 10.</summary>
    [Range(1, 10_000, ErrorMessage = "Allowed is a whole number from 1 to 10000.")]
    public int NonFiniteStepsMax { get; init; } = 10;

    /// <summary>A checkpoint is promoted if the chance that it is no better than the promoted one is below this. Default 0.05.</summary>
    [Range(0.0, 1.0, ErrorMessage = "Allowed is a number from 0 to 1.")]
    public double PromotionSignificance { get; init; } = 0.05;

    /// <summary>Whether the model as it is before the first step is promoted. Default false.</summary>
    public bool PromoteBase { get; init; }

    /// <summary>How weights follow gradients.</summary>
    public OptimizerOptions Optimizer { get; init; } = new();

    /// <summary>The low-rank changes, where <see cref="Method"/> is Lora.</summary>
    public LowRankOptions Lora { get; init; } = new();

    /// <summary>Whether the teacher's distribution is learnt too.</summary>
    public SoftLabelOptions SoftLabels { get; init; } = new();

    /// <summary>How students are judged.</summary>
    public EvaluationOptions Evaluation { get; init; } = new();
}

/// <summary>The low-rank changes of <see cref="Method.Lora"/>.</summary>
public sealed class LowRankOptions : IValidatableObject
{
    /// <summary>Their rank. Default 16.</summary>
    [Range(1, 4096, ErrorMessage = "Allowed is a whole number from 1 to 4096.")]
    public int Rank { get; init; } = 16;

    /// <summary>They are scaled by Alpha / Rank. Default 32.</summary>
    [Range(1e-3, 1e6, ErrorMessage = "Allowed is a number from 0.001 to 1000000.")]
    public double Alpha { get; init; } = 32;

    /// <summary>The linear layers changed, separated by commas; all seven where empty. Default empty.</summary>
    public string Targets { get; init; } = "";

    internal Student.LoraOptions ToLora(long seed) => new(Rank, Alpha, TargetNames.Length == 0 ? null : TargetNames, seed);

    private string[] TargetNames => Targets.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    /// <inheritdoc />
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (TargetNames.Except(Student.LoraOptions.AllModules).FirstOrDefault() is { } unknown)
        {
            yield return new ValidationResult($"Allowed are {string.Join(", ", Student.LoraOptions.AllModules)}; {unknown} is none of them.", [nameof(Targets)]);
        }
    }
}

/// <summary>How the teacher's distribution over each token is used.</summary>
public enum SoftLabelMode
{
    /// <summary>The stored most likely tokens, as if there were no others: their probabilities are scaled up to 1, which is biased towards them.</summary>
    TopK,

    /// <summary>
    /// Random draws from the teacher's distribution, each of weight 1 / draws (random-sampling knowledge distillation,
    /// arXiv 2503.16870). A draw of a token that was not stored counts as nothing, so that the expected gradient is the full
    /// one's part over the stored tokens, unbiased. At a temperature other than 1 the full distribution's scale is not known:
    /// there the draws are from the stored tokens alone.
    /// </summary>
    Sampled,
}

/// <summary>Distribution distillation: (1 - Weight) of the hard labels' loss and Weight of KL(teacher || student) at a temperature.</summary>
public sealed class SoftLabelOptions
{
    /// <summary>The part that soft labels have in the loss of the tokens that have them; 0 turns them off. Default 0.</summary>
    [Range(0.0, 1.0, ErrorMessage = "Allowed is a number from 0 to 1.")]
    public double Weight { get; init; }

    /// <summary>Both distributions are softened by it, and the divergence is scaled by its square (arXiv 1503.02531). Default 1.</summary>
    [Range(0.1, 100.0, ErrorMessage = "Allowed is a number from 0.1 to 100.")]
    public double Temperature { get; init; } = 1;

    /// <summary>Which tokens of the vocabulary are compared. Default <see cref="SoftLabelMode.TopK"/>.</summary>
    public SoftLabelMode Mode { get; init; } = SoftLabelMode.TopK;

    /// <summary>Draws per token where <see cref="Mode"/> is Sampled. Default 64.</summary>
    [Range(1, 100_000, ErrorMessage = "Allowed is a whole number from 1 to 100000.")]
    public int Draws { get; init; } = 64;
}

/// <summary>How students are judged: by their answers to the holdout's prompts. The verifiers are the prompt's own, else these.</summary>
public sealed class EvaluationOptions : PolicyOptions
{
    /// <summary>Prompts of the holdout at most: those whose content hash is smallest. 0 evaluates nothing, and promotes nothing. Default 200.</summary>
    [Range(0, 100_000, ErrorMessage = "Allowed is a whole number from 0 to 100000.")]
    public int HoldoutMax { get; init; } = 200;

    /// <summary>Tokens of an answer at most. Default 256.</summary>
    [Range(1, 1_000_000, ErrorMessage = "Allowed is a whole number from 1 to 1000000.")]
    public int MaxTokens { get; init; } = 256;

    /// <summary>The temperature of the answers, drawn with the same seeds each time. Default 0, the likeliest tokens.</summary>
    [Range(0, 2.0, ErrorMessage = "Allowed is a number from 0 to 2.")]
    public double Temperature { get; init; }

    /// <summary>Answers generated at the same time. Default 16.</summary>
    [Range(1, 1024, ErrorMessage = "Allowed is a whole number from 1 to 1024.")]
    public int Rows { get; init; } = 16;
}
