namespace StreamDistill.Verification;

/// <summary>
/// Whether the final number of the answer is the reference's. Where the final answer stands: see <see cref="FinalAnswer"/>; how
/// numbers may be written: see <see cref="NumberReader"/> and <see cref="NumberScanner"/>. Units and currencies are not
/// compared. Numbers are exact fractions, so 0.75 is 3/4 and 0.333 is not 1/3.
/// <para>
/// Parameters: absolute_tolerance and relative_tolerance (of the reference; both 0 by default, the greater allowance counts);
/// percent (either by default: 50% is 50 as well as 0.5, since references leave the sign out as often as not; unit: 50% is 50;
/// fraction: 50% is 0.5); fallback (none by default; last_number: without a stated answer the last number of the text is
/// taken, which also finds wrong numbers in answers that were cut off or only mention one).
/// </para>
/// </summary>
public sealed class NumericVerifier(ParameterReader parameters) : IVerifier
{
    /// <summary>The name in the catalog.</summary>
    public const string Name = "numeric";

    /// <summary>The version in verdicts.</summary>
    public const string Version = "1";

    private readonly Rational absoluteTolerance = Rational.Of(parameters.Number("absolute_tolerance", 0, 0, 1_000_000_000_000));
    private readonly Rational relativeTolerance = Rational.Of(parameters.Number("relative_tolerance", 0, 0, 1));
    private readonly Percent percent = parameters.Choice("percent", Percent.Either);
    private readonly Fallback fallback = parameters.Choice("fallback", Fallback.None);

    private enum Percent
    {
        Either,
        Unit,
        Fraction,
    }

    private enum Fallback
    {
        None,
        LastNumber,
    }

    /// <inheritdoc />
    public ValueTask<Finding> VerifyAsync(Candidate candidate, CancellationToken cancellationToken) => ValueTask.FromResult(Find(candidate));

    private Finding Find(Candidate candidate)
    {
        if (string.IsNullOrWhiteSpace(candidate.Reference))
        {
            return Finding.Unknown(ReasonCodes.NoReference, "the prompt has no reference answer");
        }

        var reference = FinalAnswer.Find(candidate.Reference) ?? FinalAnswer.Read(candidate.Reference, ReadingMode.Sentence);
        if (reference.Status != ReadingStatus.Found)
        {
            return Finding.Unknown(ReasonCodes.UnparseableReference, $"the reference '{Excerpt.Of(candidate.Reference)}' is not a number");
        }

        var answer = FinalAnswer.Find(candidate.Answer);
        if (answer is null && fallback == Fallback.LastNumber)
        {
            answer = FinalAnswer.FindLastNumber(candidate.Answer);
        }

        return answer is { Status: ReadingStatus.Found } found ? Compare(found.Number, reference.Number) : NotFound(answer?.Status ?? ReadingStatus.None);
    }

    private Finding Compare(Number answer, Number reference)
    {
        var extracted = answer.ToString();
        return AreEqual(answer, reference)
            ? Finding.Pass(extracted: extracted)
            : Finding.Fail(ReasonCodes.WrongAnswer, $"expected {Excerpt.Of(reference.ToString())}, found {Excerpt.Of(extracted)}", extracted);
    }

    private bool AreEqual(Number answer, Number reference)
    {
        if (answer.IsPercent == reference.IsPercent)
        {
            return AreClose(answer.Value, reference.Value);
        }

        return (percent != Percent.Fraction && AreClose(answer.Value, reference.Value))
            || (percent != Percent.Unit && AreClose(Fraction(answer), Fraction(reference)));
    }

    private static Rational Fraction(Number number) => number.IsPercent ? number.Value.Shifted(-2) : number.Value;

    private bool AreClose(Rational answer, Rational reference)
    {
        if (answer == reference)
        {
            return true;
        }

        var distance = (answer - reference).Abs();
        return distance <= absoluteTolerance || distance <= relativeTolerance * reference.Abs();
    }

    private static Finding NotFound(ReadingStatus status) => status switch
    {
        ReadingStatus.Ambiguous => Finding.Unknown(ReasonCodes.Ambiguous, "the final answer has several numbers"),
        ReadingStatus.Unparseable => Finding.Unknown(ReasonCodes.UnparseableAnswer, "the final answer is not a plain number"),
        ReadingStatus.TooLarge => Finding.Unknown(ReasonCodes.TooLarge, "the final answer has more digits than are compared"),
        _ => Finding.Unknown(ReasonCodes.NoAnswerFound, "no final answer was found"),
    };
}
