using streamdistill;
using StreamDistill.Contracts;

namespace StreamDistill.Teach;

/// <summary>The parts of a completion that do not depend on what the teacher says.</summary>
internal static class NewCompletion
{
    /// <summary>
    /// A completion without an answer yet. Its id leaves the teacher's revision out: the endpoint names that only in its
    /// response, and the id must be known before the call.
    /// </summary>
    public static Completion Of(Prompt prompt, int sampleIndex, int sampleCount, Teacher teacher, TimeProvider time) => new()
    {
        CompletionId = StableId.Completion(prompt.PromptId, prompt.Attempt, sampleIndex, teacher, prompt.Sampling),
        SampleIndex = sampleIndex,
        SampleCount = sampleCount,
        Prompt = prompt,
        Teacher = teacher,
        Answer = "",
        FinishReason = FinishReasons.Unknown,
        Usage = new Usage(),
        CreatedAt = time.GetUtcNow().UtcDateTime,
    };

    /// <summary>The completion of a sample that failed for good.</summary>
    public static Completion Failed(this Completion completion, string code, string message) =>
        completion with { FinishReason = FinishReasons.Error, Error = new TeacherError { Code = code, Message = message } };
}
