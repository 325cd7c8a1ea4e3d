namespace Microsoft.ML.Tokenizers;

/// <summary>
/// GPT-2's alphabet: each of the 256 bytes written as one printable character. The printable bytes of Latin-1 stand for
/// themselves, the 68 others are the characters from U+0100 in the order of the bytes.
/// </summary>
internal static class ByteAlphabet
{
    /// <summary>The character of each byte.</summary>
    public static readonly char[] Characters = Make();

    private static char[] Make()
    {
        var characters = new char[256];
        var next = '\u0100';
        for (var value = 0; value < 256; value++)
        {
            characters[value] = value is >= '!' and <= '~' or >= 0xA1 and <= 0xAC or >= 0xAE ? (char)value : next++;
        }

        return characters;
    }
}
