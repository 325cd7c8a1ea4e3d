using System.Buffers.Binary;
using System.Security.Cryptography;

namespace StreamDistill.Embedded.Broker.Log;

/// <summary>
/// The last offset of each key, by 128 bits of the key's SHA-256: 32 bytes a slot, 32 MB for the most keys by default. Where it is
/// full, compaction goes on in another pass.
/// </summary>
internal sealed class KeyMap(int countMax = KeyMap.DefaultCountMax)
{
    public const int DefaultCountMax = 750_000;

    private Slot[] slots = new Slot[1024];
    private int count;

    private readonly record struct Slot(UInt128 Key, long OffsetPlusOne);

    /// <summary>False where there is no room for another key.</summary>
    public bool TryPut(ReadOnlySpan<byte> key, long offset)
    {
        var hash = Hash(key);
        var at = Find(hash);
        if (slots[at].OffsetPlusOne == 0)
        {
            if (count == countMax)
            {
                return false;
            }

            if (count >= slots.Length / 4 * 3)
            {
                Grow();
                at = Find(hash);
            }

            count++;
        }

        slots[at] = new Slot(hash, offset + 1);
        return true;
    }

    /// <summary>-1 where the key is not known.</summary>
    public long LastOffset(ReadOnlySpan<byte> key) => slots[Find(Hash(key))].OffsetPlusOne - 1;

    private static UInt128 Hash(ReadOnlySpan<byte> key)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(key, hash);
        return BinaryPrimitives.ReadUInt128LittleEndian(hash);
    }

    private int Find(UInt128 hash)
    {
        var at = (int)((uint)hash & (uint)(slots.Length - 1));
        while (slots[at].OffsetPlusOne != 0 && slots[at].Key != hash)
        {
            at = (at + 1) & (slots.Length - 1);
        }

        return at;
    }

    private void Grow()
    {
        var old = slots;
        slots = new Slot[old.Length * 2];
        foreach (var slot in old)
        {
            if (slot.OffsetPlusOne != 0)
            {
                slots[Find(slot.Key)] = slot;
            }
        }
    }
}
