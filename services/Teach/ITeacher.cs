using streamdistill;

namespace StreamDistill.Teach;

/// <summary>Where completions come from.</summary>
public interface ITeacher
{
    /// <summary>
    /// The completions of the prompt's attempt, in the order of their sample_index; at least one. What the teacher does
    /// wrong is never thrown: a sample that failed for good is a completion whose error is set.
    /// </summary>
    Task<IReadOnlyList<Completion>> SampleAsync(Prompt prompt, CancellationToken cancellationToken);
}
