namespace StreamDistill.Student;

/// <summary>Why a text ended.</summary>
public enum FinishReason
{
    /// <summary>An end-of-turn token or one of the stop texts.</summary>
    Stop,

    /// <summary>MaxTokens, or the model's context is full.</summary>
    Length,
}

/// <summary>One token of one text.</summary>
/// <param name="Row">The text.</param>
/// <param name="TokenId">The token; an end-of-turn token too.</param>
/// <param name="Text">What became certain with it: whole characters, held back while they may be the beginning of a stop text.</param>
/// <param name="Logprob">Its natural log-probability at temperature 1, among all tokens.</param>
/// <param name="Top">The likeliest tokens, as many as were asked for.</param>
/// <param name="Finish">Why the text ended with it; null while it goes on.</param>
public sealed record GeneratedToken(
    GenerationRow Row, int TokenId, string Text, float Logprob, IReadOnlyList<(int TokenId, float Logprob)> Top, FinishReason? Finish);

/// <summary>A text in the making.</summary>
public sealed class GenerationRow
{
    internal GenerationRow(IReadOnlyList<int> prompt, SamplingOptions sampling, StopText text)
    {
        Prompt = prompt;
        Sampling = sampling;
        Seed = sampling.Seed ?? Random.Shared.NextInt64();
        Text = text;
        Next = prompt[^1];
    }

    /// <summary>What it continues.</summary>
    public IReadOnlyList<int> Prompt { get; }

    /// <summary>How it is continued.</summary>
    public SamplingOptions Sampling { get; }

    /// <summary>How many tokens were generated.</summary>
    public int Generated { get; internal set; }

    internal long Seed { get; }

    internal StopText Text { get; }

    /// <summary>The cache's row; -1 once the text has ended.</summary>
    internal int Index { get; set; }

    /// <summary>Whether the prompt but for its last token is in the cache.</summary>
    internal bool IsPrefilled { get; set; }

    /// <summary>The token that the next step runs, and its position.</summary>
    internal int Next { get; set; }

    internal int Position => Prompt.Count - 1 + Generated;
}
