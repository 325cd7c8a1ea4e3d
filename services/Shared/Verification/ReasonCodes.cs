namespace StreamDistill.Verification;

/// <summary>
/// Why a check ended as it did. These words are stored in verdicts and counted in reports: one is never renamed or
/// given another meaning.
/// </summary>
public static class ReasonCodes
{
    /// <summary>PASS.</summary>
    public const string Ok = "ok";

    /// <summary>FAIL: the final answer is not the reference's.</summary>
    public const string WrongAnswer = "wrong_answer";

    /// <summary>UNKNOWN: the text states no final answer that could be found.</summary>
    public const string NoAnswerFound = "no_answer_found";

    /// <summary>UNKNOWN: there is a final answer, but not in a form that could be read.</summary>
    public const string UnparseableAnswer = "unparseable_answer";

    /// <summary>UNKNOWN: more than one final answer is stated.</summary>
    public const string Ambiguous = "ambiguous";

    /// <summary>UNKNOWN: the verifier compares with a reference and the prompt has none.</summary>
    public const string NoReference = "no_reference";

    /// <summary>UNKNOWN: the prompt's reference is not in a form that the verifier can read.</summary>
    public const string UnparseableReference = "unparseable_reference";

    /// <summary>UNKNOWN: both are understood, and neither that they are the same nor that they differ could be shown.</summary>
    public const string Undecided = "undecided";

    /// <summary>UNKNOWN: beyond the size up to which the verifier decides.</summary>
    public const string TooLarge = "too_large";

    /// <summary>UNKNOWN: deciding took longer than allowed.</summary>
    public const string Timeout = "timeout";

    /// <summary>FAIL: the pattern does not occur, or occurs where it must not.</summary>
    public const string PatternMismatch = "pattern_mismatch";

    /// <summary>FAIL: the text is empty.</summary>
    public const string Empty = "empty";

    /// <summary>FAIL: the text is shorter than allowed.</summary>
    public const string TooShort = "too_short";

    /// <summary>FAIL: the text is longer than allowed.</summary>
    public const string TooLong = "too_long";

    /// <summary>FAIL: the answer is not JSON.</summary>
    public const string InvalidJson = "invalid_json";

    /// <summary>FAIL: a JSON value has another type than the shape's.</summary>
    public const string WrongType = "wrong_type";

    /// <summary>FAIL: a JSON object lacks a required key.</summary>
    public const string MissingKey = "missing_key";

    /// <summary>FAIL: a JSON object has a key that the shape does not allow.</summary>
    public const string UnexpectedKey = "unexpected_key";

    /// <summary>FAIL: a JSON value is not among those allowed, or outside its limits.</summary>
    public const string NotAllowedValue = "not_allowed_value";

    /// <summary>FAIL: word sequences are repeated too often.</summary>
    public const string RepeatedPhrases = "repeated_phrases";

    /// <summary>FAIL: a line is repeated too many times in a row.</summary>
    public const string RepeatedLines = "repeated_lines";

    /// <summary>FAIL: the text ends by repeating itself.</summary>
    public const string EndsInLoop = "ends_in_loop";

    /// <summary>FAIL: too many letters are of a script that is not allowed.</summary>
    public const string MixedLanguage = "mixed_language";

    /// <summary>FAIL: the answer was cut off at the token limit.</summary>
    public const string Truncated = "truncated";

    /// <summary>UNKNOWN: the endpoint's content filter stopped the answer.</summary>
    public const string ContentFiltered = "content_filtered";

    /// <summary>UNKNOWN: the teacher called a tool instead of answering.</summary>
    public const string ToolCalled = "tool_called";

    /// <summary>UNKNOWN: the finish reason is none of those a completion may have.</summary>
    public const string UnfamiliarFinishReason = "unfamiliar_finish_reason";

    /// <summary>ERROR: the verifier itself failed.</summary>
    public const string VerifierFailed = "verifier_failed";

    /// <summary>ERROR: the teacher gave no answer; the completion's error code follows, as in teacher_timeout.</summary>
    public const string TeacherPrefix = "teacher_";

    /// <summary>The code of a teacher's error.</summary>
    public static string OfTeacherError(string errorCode) => TeacherPrefix + errorCode;
}
