using System.Buffers;
using System.Text;
using System.Text.Unicode;

namespace Avro.IO;

/// <summary>
/// Makes strings of UTF-8. Most text is ASCII, or ASCII with a dash or a quotation mark here and there, which
/// <see cref="Encoding.UTF8"/> goes through twice and slowly from the first such character on.
/// </summary>
internal static class Utf8Text
{
    // In text with more such characters than one in so many bytes, runs of ASCII are too short to be worth looking for.
    private const int SparseBytes = 32;

    // What is longer would not come from the pool.
    private const int PooledBytesMax = 256 * 1024;

    /// <summary>The text; what is not UTF-8 is replaced, as <see cref="Encoding.UTF8"/> does.</summary>
    internal static string Read(ReadOnlySpan<byte> bytes)
    {
        if (Ascii.IsValid(bytes))
        {
            return string.Create(bytes.Length, bytes, static (chars, bytes) => Ascii.ToUtf16(bytes, chars, out _));
        }

        if (bytes.Length > PooledBytesMax)
        {
            return Encoding.UTF8.GetString(bytes);
        }

        // No character has more UTF-16 units than bytes.
        char[] rented = ArrayPool<char>.Shared.Rent(bytes.Length);
        var text = new string(rented, 0, Transcode(bytes, rented));
        ArrayPool<char>.Shared.Return(rented);
        return text;
    }

    private static int Transcode(ReadOnlySpan<byte> bytes, Span<char> chars)
    {
        int length = 0;
        for (int sparse = bytes.Length / SparseBytes; sparse > 0; sparse--)
        {
            Ascii.ToUtf16(bytes, chars[length..], out int ascii);
            length += ascii;
            bytes = bytes[ascii..];
            if (bytes.IsEmpty)
            {
                return length;
            }

            Rune.DecodeFromUtf8(bytes, out Rune character, out int consumed);
            length += character.EncodeToUtf16(chars[length..]);
            bytes = bytes[consumed..];
        }

        Utf8.ToUtf16(bytes, chars[length..], out _, out int written);
        return length + written;
    }
}
