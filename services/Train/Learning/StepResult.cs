namespace StreamDistill.Train;

/// <summary>What a step did.</summary>
/// <param name="Loss">The loss before it.</param>
/// <param name="Divergence">The mean of T² KL(teacher || student) over the targets with soft labels; 0 where there are none.</param>
/// <param name="GradientNorm">The gradient's length before it was clipped.</param>
/// <param name="LearningRate">The learning rate.</param>
/// <param name="Examples">Examples trained.</param>
/// <param name="Tokens">Their tokens.</param>
/// <param name="TargetTokens">Those of them that were learnt.</param>
/// <param name="IsSkipped">The loss or the gradient was not finite, so the weights are as before.</param>
internal sealed record StepResult(
    double Loss, double Divergence, double GradientNorm, double LearningRate, int Examples, int Tokens, int TargetTokens, bool IsSkipped);
