namespace StreamDistill.Verification;

/// <summary>Whether the final number of the answer is the reference's.</summary>
public sealed class NumericVerifier(ParameterReader parameters) : IVerifier
{
    /// <summary>The name in the catalog.</summary>
    public const string Name = "numeric";

    /// <summary>The version in verdicts.</summary>
    public const string Version = "1";

    private readonly decimal absoluteTolerance = parameters.Number("absolute_tolerance", 0, 0, decimal.MaxValue);

    /// <inheritdoc />
    public ValueTask<Finding> VerifyAsync(Candidate candidate, CancellationToken cancellationToken) =>
        ValueTask.FromResult(Finding.Unknown(ReasonCodes.NoAnswerFound, absoluteTolerance.ToString(System.Globalization.CultureInfo.InvariantCulture)));
}
