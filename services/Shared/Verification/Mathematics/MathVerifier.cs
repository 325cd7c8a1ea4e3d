using StreamDistill.Verification.Mathematics;

namespace StreamDistill.Verification;

/// <summary>
/// Whether the final answer is mathematically the reference's: numbers in any notation, expressions, equations, inequalities,
/// intervals, sets, tuples, matrices, complex numbers, units, choices and short words, in LaTeX or plain. Numbers are exact; expressions
/// are compared by their values at several points to 67 digits. A decimal of six significant digits or more stands for the number that
/// it is rounded from where that has no finite decimals.
/// </summary>
/// <remarks>What it may cost is counted and bounded: whatever is written there, it decides within 50 ms or says UNKNOWN.</remarks>
public sealed class MathVerifier : IVerifier
{
    /// <summary>The name in the catalog.</summary>
    public const string Name = "math";

    /// <summary>The version in verdicts.</summary>
    public const string Version = "1";

    /// <inheritdoc />
    public ValueTask<Finding> VerifyAsync(Candidate candidate, CancellationToken cancellationToken) => ValueTask.FromResult(Find(candidate));

    private static Finding Find(Candidate candidate)
    {
        if (string.IsNullOrWhiteSpace(candidate.Reference))
        {
            return Finding.Unknown(ReasonCodes.NoReference, "the prompt has no reference answer");
        }

        var reference = MathStatement.Find(candidate.Reference) ?? candidate.Reference;
        var choice = ChoiceLetter.Of(reference);
        var statement = MathStatement.Find(candidate.Answer, choice is null ? null : answer => ChoiceLetter.In(answer) is not null);
        if (string.IsNullOrWhiteSpace(statement))
        {
            return Finding.Unknown(ReasonCodes.NoAnswerFound, "no final answer was found");
        }

        if (choice is not null)
        {
            return ChoiceLetter.In(statement) is { } letter
                ? letter == choice ? Finding.Pass(extracted: letter) : Wrong(choice, Excerpt.Of(letter))
                : Finding.Unknown(ReasonCodes.UnparseableAnswer, $"'{Excerpt.Of(statement)}' names no choice", Excerpt.Of(statement));
        }

        return Compare(reference.Trim(), statement.Trim());
    }

    private static Finding Compare(string reference, string statement)
    {
        if (reference == statement || MathStatement.Plain(reference).Equals(MathStatement.Plain(statement), StringComparison.Ordinal))
        {
            return Finding.Pass(extracted: Excerpt.Of(statement));
        }

        MathNode gold;
        try
        {
            gold = MathStatement.Read(reference);
        }
        catch (UndecidedException exception)
        {
            return Finding.Unknown(ReasonCodes.UnparseableReference, $"the reference '{Excerpt.Of(reference)}' cannot be read: {exception.Message}", Excerpt.Of(statement));
        }

        var extracted = Excerpt.Of(statement);
        try
        {
            var answer = MathStatement.Read(statement);
            extracted = Excerpt.Of(answer.ToString());
            var likeness = new Comparison(new Budget()).Compare(gold, answer);
            if (likeness == Likeness.Different && OtherReading(gold, reference, answer, statement) is var (otherGold, otherAnswer))
            {
                likeness = new Comparison(new Budget()).Compare(otherGold, otherAnswer);
            }

            return likeness switch
            {
                Likeness.Equal => Finding.Pass(extracted: extracted),
                Likeness.Different => Wrong(gold.ToString(), extracted),
                _ => Finding.Unknown(ReasonCodes.Undecided, $"whether {extracted} is {Excerpt.Of(gold.ToString())} could not be decided", extracted),
            };
        }
        catch (UndecidedException exception)
        {
            return Finding.Unknown(exception.ReasonCode, exception.Message, extracted);
        }
    }

    /// <summary>1,5 is a number beside a number; null where neither is written so.</summary>
    private static (MathNode Gold, MathNode Answer)? OtherReading(MathNode gold, string reference, MathNode answer, string statement) =>
        answer is CollectionNode { Kind: CollectionKind.List } && gold is not CollectionNode && MathStatement.WithDecimalComma(statement) is { } number ? (gold, MathStatement.Read(number))
        : gold is CollectionNode { Kind: CollectionKind.List } && answer is not CollectionNode && MathStatement.WithDecimalComma(reference) is { } other ? (MathStatement.Read(other), answer)
        : null;

    private static Finding Wrong(string reference, string extracted) =>
        Finding.Fail(ReasonCodes.WrongAnswer, $"expected {Excerpt.Of(reference)}, found {Excerpt.Of(extracted)}", extracted);
}
