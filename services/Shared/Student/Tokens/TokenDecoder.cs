using System.Text;

namespace StreamDistill.Student;

/// <summary>
/// Decodes tokens one after another. A character whose bytes come in several tokens is given out once it is whole; all
/// that is given out is what <see cref="StudentTokenizer.Decode"/> gives for all tokens together.
/// </summary>
/// <param name="tokenizer">Whose tokens they are.</param>
/// <param name="skipSpecial">Whether special tokens are left out.</param>
public sealed class TokenDecoder(StudentTokenizer tokenizer, bool skipSpecial = true)
{
    private readonly System.Text.Decoder _decoder = Encoding.UTF8.GetDecoder();

    /// <summary>The text that is complete with this token; often none.</summary>
    public string Push(int id) => skipSpecial && tokenizer.IsSpecial(id) ? "" : Decode(tokenizer.TokenBytes(id).Span, flush: false);

    /// <summary>What is left at the end: U+FFFD for a character that was not completed. The decoder can be used again after it.</summary>
    public string Flush() => Decode([], flush: true);

    private string Decode(ReadOnlySpan<byte> bytes, bool flush)
    {
        Span<char> characters = new char[_decoder.GetCharCount(bytes, flush)];
        return new(characters[.._decoder.GetChars(bytes, characters, flush)]);
    }
}
