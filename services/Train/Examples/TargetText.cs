using streamdistill;
using StreamDistill.Contracts;

namespace StreamDistill.Train;

/// <summary>The text that a student learns to answer with.</summary>
internal static class TargetText
{
    /// <summary>Null where the example lacks what the target asks for.</summary>
    public static string? Of(TrainingExample example, Target target) => target switch
    {
        Target.Teacher => ThinkTags.Join(example.Reasoning, example.Answer),
        Target.Human => example.Reference is { Answer: { } answer, Rationale: { } rationale } ? ThinkTags.Join(rationale, answer) : null,
        _ => example.Reference?.Answer ?? example.Answer,
    };
}
