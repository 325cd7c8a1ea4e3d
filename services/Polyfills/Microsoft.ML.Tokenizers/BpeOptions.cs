namespace Microsoft.ML.Tokenizers;

/// <summary>What a <see cref="BpeTokenizer"/> is made of.</summary>
public sealed class BpeOptions
{
    /// <param name="vocabulary">Each token and its id. At byte level a token is written in GPT-2's byte alphabet.</param>
    public BpeOptions(IEnumerable<KeyValuePair<string, int>> vocabulary)
    {
        ArgumentNullException.ThrowIfNull(vocabulary);
        Vocabulary = vocabulary;
    }

    /// <summary>Each token and its id.</summary>
    public IEnumerable<KeyValuePair<string, int>> Vocabulary { get; }

    /// <summary>The merges, the first to be applied first, each as the two tokens with one space between.</summary>
    public IEnumerable<string>? Merges { get; set; }

    /// <summary>Pieces of text that are one token each: a piece that is equal to one gets its id, whatever the merges say.</summary>
    public IReadOnlyDictionary<string, int>? SpecialTokens { get; set; }

    /// <summary>What splits the text into pieces.</summary>
    public PreTokenizer? PreTokenizer { get; set; }

    /// <summary>Whether the text is encoded as its UTF-8 bytes.</summary>
    public bool ByteLevel { get; set; }
}
