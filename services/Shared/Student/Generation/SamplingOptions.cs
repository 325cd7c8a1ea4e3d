namespace StreamDistill.Student;

/// <summary>How the next token is chosen and when a text ends; OpenAI's meanings.</summary>
/// <param name="Temperature">0 takes the likeliest token; otherwise logits are divided by it.</param>
/// <param name="TopP">Only the likeliest tokens that together reach this share, after <paramref name="TopK"/>; above 0, at most 1.</param>
/// <param name="TopK">Only so many of the likeliest tokens; 0 for all.</param>
/// <param name="Seed">The same seed gives the same choices from the same logits; null draws one.</param>
/// <param name="MaxTokens">How many tokens at most; at least 1.</param>
/// <param name="Stop">Texts that end the answer and are not part of it.</param>
/// <param name="TopLogprobs">How many of the likeliest tokens to report with each token, up to 20; -1 for none.</param>
public sealed record SamplingOptions(
    double Temperature = 1,
    double TopP = 1,
    int TopK = 0,
    long? Seed = null,
    int MaxTokens = 256,
    IReadOnlyList<string>? Stop = null,
    int TopLogprobs = -1)
{
    /// <summary>The most that <see cref="TopLogprobs"/> may ask for.</summary>
    public const int TopLogprobsMax = 20;

    /// <exception cref="ArgumentException">A value is out of range; the message names it, the value and what is allowed.</exception>
    public void Validate()
    {
        Require(Temperature >= 0 && double.IsFinite(Temperature), nameof(Temperature), Temperature, "0 or above");
        Require(TopP is > 0 and <= 1, nameof(TopP), TopP, "above 0 and at most 1");
        Require(TopK >= 0, nameof(TopK), TopK, "0 or above");
        Require(MaxTokens >= 1, nameof(MaxTokens), MaxTokens, "1 or above");
        Require(TopLogprobs is >= -1 and <= TopLogprobsMax, nameof(TopLogprobs), TopLogprobs, $"-1 to {TopLogprobsMax}");
        Require(Stop is null || !Stop.Any(string.IsNullOrEmpty), nameof(Stop), "an empty text", "texts that are not empty");
    }

    private static void Require(bool holds, string name, object value, string allowed)
    {
        if (!holds)
        {
            throw new ArgumentException(FormattableString.Invariant($"{name} is {value}; allowed is {allowed}."), name);
        }
    }
}
