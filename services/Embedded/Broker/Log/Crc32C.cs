using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace StreamDistill.Embedded.Broker.Log;

/// <summary>
/// CRC-32C (Castagnoli). The processor's instruction takes three cycles and can start one each cycle, so long inputs are cut in
/// three lanes whose CRCs are computed at once and joined: advancing a CRC over the zeros of a lane is linear, one table look-up
/// per byte of the CRC.
/// </summary>
internal static class Crc32C
{
    private const int LongLane = 4096;
    private const int ShortLane = 256;
    private const uint Polynomial = 0x82f63b78;

    private static readonly uint[] LongShift = BuildShift(LongLane);
    private static readonly uint[] ShortShift = BuildShift(ShortLane);

    public static uint Compute(ReadOnlySpan<byte> bytes) => ~Append(~0u, bytes);

    private static uint Append(uint crc, ReadOnlySpan<byte> bytes)
    {
        bytes = AppendLanes(ref crc, bytes, LongLane, LongShift);
        bytes = AppendLanes(ref crc, bytes, ShortLane, ShortShift);
        while (bytes.Length >= sizeof(ulong))
        {
            crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
            bytes = bytes[sizeof(ulong)..];
        }

        foreach (var value in bytes)
        {
            crc = BitOperations.Crc32C(crc, value);
        }

        return crc;
    }

    private static ReadOnlySpan<byte> AppendLanes(scoped ref uint crc, ReadOnlySpan<byte> bytes, int lane, uint[] shift)
    {
        while (bytes.Length >= 3 * lane)
        {
            // Words in the machine's order: on a big-endian machine BitOperations would want them swapped.
            var first = MemoryMarshal.Cast<byte, ulong>(bytes[..lane]);
            var second = MemoryMarshal.Cast<byte, ulong>(bytes.Slice(lane, lane));
            var third = MemoryMarshal.Cast<byte, ulong>(bytes.Slice(2 * lane, lane));
            uint a = crc, b = 0, c = 0;
            for (var i = 0; i < first.Length && i < second.Length && i < third.Length; i++)
            {
                a = BitOperations.Crc32C(a, Word(first[i]));
                b = BitOperations.Crc32C(b, Word(second[i]));
                c = BitOperations.Crc32C(c, Word(third[i]));
            }

            crc = Shift(shift, Shift(shift, a) ^ b) ^ c;
            bytes = bytes[(3 * lane)..];
        }

        return bytes;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Word(ulong value) => BitConverter.IsLittleEndian ? value : BinaryPrimitives.ReverseEndianness(value);

    private static uint Shift(uint[] table, uint crc) =>
        table[crc & 0xff] ^ table[256 + (crc >> 8 & 0xff)] ^ table[512 + (crc >> 16 & 0xff)] ^ table[768 + (crc >> 24)];

    /// <summary>The CRC after <paramref name="zeros" /> zero bytes, for every value of each of the CRC's four bytes.</summary>
    private static uint[] BuildShift(int zeros)
    {
        Span<uint> bits = stackalloc uint[32];
        for (var bit = 0; bit < 32; bit++)
        {
            var crc = 1u << bit;
            for (var i = 0; i < zeros * 8; i++)
            {
                crc = (crc & 1) != 0 ? crc >> 1 ^ Polynomial : crc >> 1;
            }

            bits[bit] = crc;
        }

        var table = new uint[1024];
        for (var i = 0; i < table.Length; i++)
        {
            for (var bit = 0; bit < 8; bit++)
            {
                table[i] ^= (i >> bit & 1) != 0 ? bits[(i >> 8) * 8 + bit] : 0;
            }
        }

        return table;
    }
}
