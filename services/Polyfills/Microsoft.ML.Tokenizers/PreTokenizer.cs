namespace Microsoft.ML.Tokenizers;

/// <summary>Splits text into the pieces that are encoded each by itself.</summary>
public abstract class PreTokenizer
{
    /// <summary>The pieces of the text, as offsets and lengths in UTF-16 units. Text between pieces is not encoded.</summary>
    public abstract IEnumerable<(int Offset, int Length)> PreTokenize(string text);

    /// <inheritdoc cref="PreTokenize(string)"/>
    public abstract IEnumerable<(int Offset, int Length)> PreTokenize(ReadOnlySpan<char> text);
}
