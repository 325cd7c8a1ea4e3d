using System.Buffers;
using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using streamdistill;

namespace StreamDistill.Contracts;

/// <summary>Identifiers that are functions of what they identify, the same on every machine and in every run.</summary>
public static class StableId
{
    private const int OnStackBytesMax = 1024;

    /// <summary>
    /// A hash of the parts in order, as 32 lower-case hexadecimal digits: the first 128 bits of SHA-256 over each part's
    /// UTF-8 length (32-bit little-endian) and bytes. A null part differs from an empty one.
    /// </summary>
    public static string Of(params ReadOnlySpan<string?> parts)
    {
        var size = 0;
        foreach (var part in parts)
        {
            size += sizeof(int) + (part is null ? 0 : Encoding.UTF8.GetByteCount(part));
        }

        // One call to the hash: its calls cost more than small parts do.
        var rented = size > OnStackBytesMax ? ArrayPool<byte>.Shared.Rent(size) : null;
        var bytes = rented is null ? stackalloc byte[size] : rented.AsSpan(0, size);
        var rest = bytes;
        foreach (var part in parts)
        {
            var length = part is null ? 0 : Encoding.UTF8.GetBytes(part, rest[sizeof(int)..]);
            BinaryPrimitives.WriteInt32LittleEndian(rest, part is null ? -1 : length);
            rest = rest[(sizeof(int) + length)..];
        }

        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(bytes, digest);
        if (rented is not null)
        {
            ArrayPool<byte>.Shared.Return(rented);
        }

        return Convert.ToHexStringLower(digest[..16]);
    }

    /// <summary>The 128 bits that an id writes as digits.</summary>
    public static UInt128 Bits(string id) => UInt128.Parse(id, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);

    /// <summary>As <see cref="Bits"/>; false where the text is no id.</summary>
    public static bool TryBits(string text, out UInt128 bits)
    {
        bits = default;
        return text.Length == 32 && UInt128.TryParse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out bits);
    }

    /// <summary>The bits that <see cref="Bytes"/> wrote.</summary>
    public static UInt128 Bits(ReadOnlySpan<byte> bytes) => BinaryPrimitives.ReadUInt128BigEndian(bytes);

    /// <summary>The bits as 16 bytes, big-endian.</summary>
    public static byte[] Bytes(UInt128 bits)
    {
        var bytes = new byte[16];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, bits);
        return bytes;
    }

    /// <summary>The id that the bits are of.</summary>
    public static string Text(UInt128 bits) => bits.ToString("x32", CultureInfo.InvariantCulture);

    /// <summary>
    /// The id of a teacher's answer: the same call always has the same id. The teacher's revision is not part of it, because
    /// an endpoint tells it only with the answer.
    /// </summary>
    public static string Completion(string promptId, int attempt, int sampleIndex, Teacher teacher, Sampling sampling) => Of(
        promptId,
        attempt.ToString(CultureInfo.InvariantCulture),
        sampleIndex.ToString(CultureInfo.InvariantCulture),
        teacher.Provider,
        teacher.Model,
        sampling.N.ToString(CultureInfo.InvariantCulture),
        sampling.Temperature.ToString("R", CultureInfo.InvariantCulture),
        sampling.TopP.ToString("R", CultureInfo.InvariantCulture),
        sampling.MaxTokens.ToString(CultureInfo.InvariantCulture),
        sampling.Seed?.ToString(CultureInfo.InvariantCulture),
        sampling.TopLogprobs.ToString(CultureInfo.InvariantCulture));
}
