using System.Text;

namespace StreamDistill.Student;

/// <summary>
/// How byte-level vocabularies write bytes (GPT-2's bytes_to_unicode): the printable bytes of Latin-1 stand for
/// themselves, the 68 others are the characters from U+0100 in the order of the bytes.
/// </summary>
internal static class ByteAlphabet
{
    private static readonly string Characters = string.Concat(Enumerable.Range(0, 256).Select(CharacterOf));
    private static readonly short[] Bytes = [.. Enumerable.Range(0, Characters.Max() + 1)
        .Select(code => (short)Characters.IndexOf((char)code, StringComparison.Ordinal))];

    /// <summary>The character that stands for the byte.</summary>
    public static char Character(byte value) => Characters[value];

    /// <summary>The bytes as characters.</summary>
    public static string Write(ReadOnlySpan<byte> bytes) => string.Create(bytes.Length, bytes, (characters, from) =>
    {
        for (var i = 0; i < characters.Length; i++)
        {
            characters[i] = Characters[from[i]];
        }
    });

    /// <summary>The bytes of a token. A token with a character that stands for no byte is the text it is, as in Hugging Face's decoder.</summary>
    public static byte[] Read(string token)
    {
        var bytes = new byte[token.Length];
        for (var i = 0; i < token.Length; i++)
        {
            if (token[i] >= Bytes.Length || Bytes[token[i]] < 0)
            {
                return Encoding.UTF8.GetBytes(token);
            }

            bytes[i] = (byte)Bytes[token[i]];
        }

        return bytes;
    }

    private static char CharacterOf(int value) => value switch
    {
        <= ' ' => (char)(0x100 + value),
        >= 0x7F and <= 0xA0 => (char)(0x100 + value - 0x7F + ' ' + 1),
        0xAD => (char)0x143,
        _ => (char)value,
    };
}
