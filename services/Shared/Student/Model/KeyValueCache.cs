using TorchSharp;
using static TorchSharp.torch;

namespace StreamDistill.Student;

/// <summary>The keys and values of texts in the making: per layer two tensors [rows, key-value heads, capacity, head size].
/// A token at position p of a row is in slot p.</summary>
public sealed class KeyValueCache : IDisposable
{
    private const int FirstCapacity = 128;

    private readonly ModelConfig config;
    private readonly Device device;
    private readonly ScalarType type;
    private readonly Tensor[] keys;
    private readonly Tensor[] values;

    /// <param name="decoder">Whose keys and values.</param>
    /// <param name="rows">How many texts at once.</param>
    public KeyValueCache(Decoder decoder, int rows)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(rows, 1);
        config = decoder.Config;
        device = decoder.Device;
        type = decoder.WeightType;
        Rows = rows;
        keys = new Tensor[config.Layers];
        values = new Tensor[config.Layers];
        Grow(FirstCapacity);
    }

    /// <summary>How many texts it holds at most.</summary>
    public int Rows { get; }

    /// <summary>How many tokens of each text it holds without growing.</summary>
    public int Capacity { get; private set; }

    /// <summary>Makes room for texts of so many tokens: doubles until they fit, and copies what is there.</summary>
    public void Reserve(int length)
    {
        if (length > Capacity)
        {
            var capacity = Capacity;
            while (capacity < length)
            {
                capacity = checked(capacity * 2);
            }

            Grow(capacity);
        }
    }

    /// <summary>Copies the first tokens of a row over those of another.</summary>
    public void CopyRow(int from, int to, int length)
    {
        using var scope = NewDisposeScope();
        using var still = no_grad();
        foreach (var kept in keys.Concat(values))
        {
            kept.select(0, to).narrow(1, 0, length).copy_(kept.select(0, from).narrow(1, 0, length));
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var kept in keys.Concat(values))
        {
            kept.Dispose();
        }
    }

    /// <summary>Where a pass over some rows writes and reads.</summary>
    /// <param name="positions">[batch, length] int64, on the cache's device.</param>
    /// <param name="firstRow">The row of the first text; the others follow.</param>
    /// <param name="length">One past the last position.</param>
    internal Slots At(Tensor positions, int firstRow, int length)
    {
        Reserve(length);
        var (batch, heads) = (positions.shape[0], config.KeyValueHeads);
        if (firstRow < 0 || firstRow + batch > Rows)
        {
            throw new ArgumentOutOfRangeException(nameof(firstRow), $"Rows {firstRow} to {firstRow + batch - 1} are not within the cache's {Rows}.");
        }

        using var scope = NewDisposeScope();

        // Each layer's tensor is also [rows x heads x capacity, head size]: one copy puts every new token into its slot.
        var starts = arange(firstRow * heads, (firstRow + batch) * heads, ScalarType.Int64, device).mul(Capacity).view(batch, 1, heads);
        var slots = starts.add(positions.unsqueeze(-1)).view(-1);
        return new Slots(this, slots.MoveToOuterDisposeScope(), firstRow, batch, length);
    }

    private void Grow(int capacity)
    {
        using var scope = NewDisposeScope();
        using var still = no_grad();
        foreach (var kept in new[] { keys, values })
        {
            for (var layer = 0; layer < kept.Length; layer++)
            {
                // Zeros, not whatever is in memory: a masked slot has the weight 0, and 0 x NaN is NaN.
                var grown = zeros(Rows, config.KeyValueHeads, capacity, config.HeadSize, dtype: type, device: device);
                if (kept[layer] is { } old)
                {
                    grown.narrow(2, 0, Capacity).copy_(old);
                    old.Dispose();
                }

                kept[layer] = grown.DetachFromDisposeScope();
            }
        }

        Capacity = capacity;
    }

    /// <summary>The slots of one pass.</summary>
    internal sealed class Slots(KeyValueCache cache, Tensor slots, int firstRow, long batch, int length)
    {
        /// <summary>Puts new keys and values [batch, new, heads, size] into a layer's slots and returns all from position 0: [batch, heads, length, size].</summary>
        public (Tensor Keys, Tensor Values) Append(int layer, Tensor newKeys, Tensor newValues) =>
            (Put(cache.keys[layer], newKeys), Put(cache.values[layer], newValues));

        private Tensor Put(Tensor kept, Tensor added)
        {
            var size = cache.config.HeadSize;
            using var flat = kept.view(-1, size);
            using var rows = added.reshape(-1, size);
            flat.index_copy_(0, slots, rows);
            return kept.narrow(0, firstRow, batch).narrow(2, 0, length);
        }
    }
}
