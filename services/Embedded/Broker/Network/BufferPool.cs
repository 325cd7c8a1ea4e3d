using System.Buffers;
using System.Numerics;

namespace StreamDistill.Embedded.Broker.Network;

/// <summary>
/// Buffers for frames and answers. Small ones come from the shared pool; of large ones only so many bytes are kept for the
/// next, and the rest is left to the garbage collector: the shared pool would keep several of every size for every core.
/// </summary>
internal sealed class BufferPool : ArrayPool<byte>
{
    private const int SmallBytesMax = 32 << 10;

    private readonly Lock gate = new();
    private readonly Stack<byte[]>[] kept = [.. Enumerable.Range(0, 32).Select(_ => new Stack<byte[]>())];
    private readonly long keptBytesMax;
    private long keptBytes;

    /// <param name="keptBytesMax">How many bytes of large buffers are kept.</param>
    public BufferPool(long keptBytesMax) => this.keptBytesMax = keptBytesMax;

    /// <summary>The process's pool.</summary>
    public static BufferPool Instance { get; } = new(32 << 20);

    public override byte[] Rent(int minimumLength)
    {
        if (minimumLength <= SmallBytesMax)
        {
            return Shared.Rent(minimumLength);
        }

        var size = SizeOf(minimumLength);
        lock (gate)
        {
            if (BitOperations.IsPow2(size) && kept[BitOperations.Log2((uint)size)].TryPop(out var buffer))
            {
                keptBytes -= size;
                return buffer;
            }
        }

        return GC.AllocateUninitializedArray<byte>(size);
    }

    public override void Return(byte[] array, bool clearArray = false)
    {
        if (array.Length <= SmallBytesMax)
        {
            Shared.Return(array, clearArray);
            return;
        }

        lock (gate)
        {
            if (BitOperations.IsPow2(array.Length) && keptBytes + array.Length <= keptBytesMax)
            {
                keptBytes += array.Length;
                kept[BitOperations.Log2((uint)array.Length)].Push(array);
            }
        }
    }

    /// <summary>The next power of two; above a quarter of a gigabyte, what is asked for.</summary>
    private static int SizeOf(int minimumLength) => minimumLength <= 1 << 28 ? (int)BitOperations.RoundUpToPowerOf2((uint)minimumLength) : minimumLength;
}
