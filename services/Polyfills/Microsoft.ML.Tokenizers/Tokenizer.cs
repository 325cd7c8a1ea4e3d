namespace Microsoft.ML.Tokenizers;

/// <summary>Encodes text as the ids of tokens.</summary>
public abstract class Tokenizer
{
    /// <summary>For implementations.</summary>
    protected Tokenizer()
    {
    }

    /// <summary>What splits the text into pieces that are encoded each by itself.</summary>
    public virtual PreTokenizer? PreTokenizer => null;

    /// <summary>The ids of the text's tokens.</summary>
    /// <param name="text">The text to encode.</param>
    /// <param name="considerPreTokenization">Whether the text is split first; otherwise it is one piece.</param>
    /// <param name="considerNormalization">Whether the text is normalised first, where the tokenizer has a normaliser.</param>
    public IReadOnlyList<int> EncodeToIds(string text, bool considerPreTokenization = true, bool considerNormalization = true)
    {
        // A token is about four characters of prose; a list that is too short grows.
        var ids = new List<int>((text?.Length ?? 0) / 4);
        if (!string.IsNullOrEmpty(text))
        {
            Encode(text, considerPreTokenization, ids);
        }

        return ids;
    }

    /// <summary>How many tokens the text has.</summary>
    /// <inheritdoc cref="EncodeToIds"/>
    public int CountTokens(string text, bool considerPreTokenization = true, bool considerNormalization = true) =>
        EncodeToIds(text, considerPreTokenization, considerNormalization).Count;

    private protected abstract void Encode(string text, bool considerPreTokenization, List<int> ids);
}
