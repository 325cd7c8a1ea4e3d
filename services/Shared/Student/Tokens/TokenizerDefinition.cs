namespace StreamDistill.Student;

/// <summary>What a tokenizer.json says.</summary>
internal sealed record TokenizerDefinition
{
    /// <summary>The tokens of byte pair encoding in the byte alphabet, and their ids.</summary>
    public required IReadOnlyDictionary<string, int> Vocabulary { get; init; }

    /// <summary>The first is applied first; each is two tokens with a space between.</summary>
    public required IReadOnlyList<string> Merges { get; init; }

    public required SplitPattern Split { get; init; }

    public IReadOnlyList<AddedToken> AddedTokens { get; init; } = [];

    /// <summary>Whether a piece of text that is in the vocabulary is that token, whatever the merges make of it.</summary>
    public bool IgnoreMerges { get; init; }

    /// <summary>Whether text is brought into Unicode's normalisation form C first.</summary>
    public bool ComposesText { get; init; }

    /// <summary>The special token that the post-processor puts before every text.</summary>
    public AddedToken? BeginOfText { get; init; }
}
