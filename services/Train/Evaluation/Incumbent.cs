using streamdistill;
using StreamDistill.Student;
using static TorchSharp.torch;

namespace StreamDistill.Train;

/// <summary>
/// The checkpoint that a new one has to beat: the promoted one, or the base while none is. It may have been judged when the
/// holdout had fewer prompts, or none, so it answers those that have come since; what it answered is remembered.
/// </summary>
internal sealed class Incumbent(TrainOptions options, CheckpointStore checkpoints, Evaluator evaluator)
{
    private readonly Dictionary<string, bool> outcomes = [];
    private string? name;

    /// <summary>Whether each of its answers to the holdout passed, by example; null where there is no such checkpoint.</summary>
    public async Task<IReadOnlyDictionary<string, bool>?> AnswerAsync(IReadOnlyList<TrainingExample> holdout, CancellationToken cancellationToken)
    {
        if ((checkpoints.Promoted ?? checkpoints.Base) is not { } checkpoint)
        {
            return null;
        }

        if (checkpoint.Name != name)
        {
            name = checkpoint.Name;
            outcomes.Clear();
            Add(checkpoint.ReadOutcomes());
        }

        var unanswered = holdout.Where(example => !outcomes.ContainsKey(example.ExampleId)).ToList();
        if (unanswered.Count > 0)
        {
            using var student = StudentModel.Load(checkpoint.Directory, device(options.Device), ScalarType.Float32);
            Add((await evaluator.EvaluateAsync(student.Decoder, unanswered, cancellationToken))?.Passed);
        }

        return outcomes;
    }

    private void Add(IReadOnlyDictionary<string, bool>? answered)
    {
        foreach (var (example, passed) in answered ?? new Dictionary<string, bool>())
        {
            outcomes[example] = passed;
        }
    }
}
