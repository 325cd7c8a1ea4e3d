using System.Buffers.Binary;
using System.Security.Cryptography;

namespace StreamDistill.Embedded.Broker.Log;

/// <summary>
/// The last offset of each key, by 128 bits of the key's SHA-256. It has room for so many keys from the start, 32 bytes for each,
/// 24 MB for the most by default. Where it is full, compaction goes on in another pass.
/// </summary>
/// <param name="countMax">How many keys there is room for.</param>
internal sealed class KeyMap(int countMax)
{
    public const int DefaultCountMax = 750_000;

    // A quarter stays free: else looking for a key that is not there takes long.
    private readonly Slot[] slots = new Slot[((long)countMax * 4 / 3) + 1];
    private int count;

    private readonly record struct Slot(ulong Upper, ulong Lower, long OffsetPlusOne);

    /// <summary>False where there is no room for another key.</summary>
    public bool TryPut(ReadOnlySpan<byte> key, long offset)
    {
        var (upper, lower) = Hash(key);
        var at = Find(upper, lower);
        if (slots[at].OffsetPlusOne == 0)
        {
            if (count == countMax)
            {
                return false;
            }

            count++;
        }

        slots[at] = new Slot(upper, lower, offset + 1);
        return true;
    }

    /// <summary>-1 where the key is not known.</summary>
    public long LastOffset(ReadOnlySpan<byte> key)
    {
        var (upper, lower) = Hash(key);
        return slots[Find(upper, lower)].OffsetPlusOne - 1;
    }

    private static (ulong Upper, ulong Lower) Hash(ReadOnlySpan<byte> key)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(key, hash);
        return (BinaryPrimitives.ReadUInt64LittleEndian(hash[sizeof(ulong)..]), BinaryPrimitives.ReadUInt64LittleEndian(hash));
    }

    private int Find(ulong upper, ulong lower)
    {
        // The hash's place among all hashes is its place among the slots.
        var at = (int)Math.BigMul(lower, (ulong)slots.Length, out _);
        while (slots[at].OffsetPlusOne != 0 && (slots[at].Lower != lower || slots[at].Upper != upper))
        {
            at = at + 1 == slots.Length ? 0 : at + 1;
        }

        return at;
    }
}
