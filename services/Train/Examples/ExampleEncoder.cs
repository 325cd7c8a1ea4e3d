using streamdistill;
using StreamDistill.Student;

namespace StreamDistill.Train;

/// <summary>Makes tokens of examples: the chat template around the messages, the target's text, the end of the turn.</summary>
/// <param name="tokenizer">The student's.</param>
/// <param name="options">The target, the longest example, whether soft labels are wanted.</param>
/// <param name="lengthMax">Tokens of an example at most.</param>
internal sealed class ExampleEncoder(StudentTokenizer tokenizer, TrainOptions options, int lengthMax)
{
    private readonly SoftLabelAlignment? alignment = options.SoftLabels.Weight > 0 && options.Target == Target.Teacher ? new(tokenizer) : null;

    /// <summary>What was left out so far, and what of it was cut.</summary>
    public EncodingCounts Counts { get; set; } = new();

    /// <summary>The tokens after which the student answers.</summary>
    public IReadOnlyList<int> EncodePrompt(TrainingExample example) =>
        tokenizer.Chat.Encode(example.Messages.Select(message => (message.Role, message.Content)), addGenerationPrompt: true);

    /// <summary>The example as tokens; null where it is left out, which is counted.</summary>
    public EncodedExample? Encode(UInt128 id, TrainingExample example)
    {
        if (TargetText.Of(example, options.Target) is not { } text)
        {
            Counts = Counts with { WithoutTarget = Counts.WithoutTarget + 1 };
            return null;
        }

        var prompt = EncodePrompt(example);
        var target = tokenizer.Encode(text);
        int[] tokens = [.. prompt, .. target, tokenizer.Chat.EndOfTurn];
        if (tokens.Length > lengthMax)
        {
            // A target that is cut does not end its turn: the student does not learn to stop there.
            Counts = Counts with { TooLong = Counts.TooLong + 1 };
            if (options.TooLong == TooLong.Drop || prompt.Count >= lengthMax)
            {
                return null;
            }

            tokens = tokens[..lengthMax];
        }

        return new EncodedExample(id, tokens, prompt.Count, (float)example.Weight, SoftLabelsOf(example, tokens, prompt.Count, target.Count));
    }

    private SoftLabelRun? SoftLabelsOf(TrainingExample example, int[] tokens, int targetStart, int targetLength)
    {
        if (alignment is null || example.SoftLabels is not { Count: > 0 } labels)
        {
            return null;
        }

        var run = alignment.Align(labels, tokens, targetStart, targetStart + targetLength);
        Counts = run is null
            ? Counts with { SoftLabelsElsewhere = Counts.SoftLabelsElsewhere + 1 }
            : Counts with { SoftLabelled = Counts.SoftLabelled + 1 };
        return run;
    }
}

/// <summary>What became of examples as they were encoded.</summary>
/// <param name="TooLong">Dropped or cut.</param>
/// <param name="WithoutTarget">Left out because they lack what the target asks for.</param>
/// <param name="SoftLabelled">With soft labels that are used.</param>
/// <param name="SoftLabelsElsewhere">With soft labels over other tokens than the student's: the hard labels alone are used.</param>
internal sealed record EncodingCounts(long TooLong = 0, long WithoutTarget = 0, long SoftLabelled = 0, long SoftLabelsElsewhere = 0);
