namespace StreamDistill.Train;

/// <summary>How a student did on the holdout.</summary>
/// <param name="PassAt1">The share of prompts whose answer passed.</param>
/// <param name="Answers">How many there were.</param>
/// <param name="MeanTokens">Tokens per answer.</param>
/// <param name="LatencyP50Ms">The median time from a prompt's start to its answer's end, among <see cref="EvaluationOptions.Rows"/> at the same time.</param>
/// <param name="P">The chance that a student no better than the promoted one (the base, where none is) does as well; null where there is nothing to compare with.</param>
internal sealed record EvaluationFigures(double PassAt1, int Answers, double MeanTokens, double LatencyP50Ms, double? P = null);

/// <summary>The same with the outcome of each prompt.</summary>
/// <param name="Figures">The figures.</param>
/// <param name="Passed">Whether the answer passed, by the example's id.</param>
internal sealed record EvaluationResult(EvaluationFigures Figures, IReadOnlyDictionary<string, bool> Passed);
