using TorchSharp;
using static TorchSharp.torch;

namespace StreamDistill.Train;

/// <summary>Rows of examples as tensors. Each example sees itself only, and its positions begin at 0: training in one row is training apart.</summary>
internal sealed class PackedBatch : IDisposable
{
    private PackedBatch(Rows rows, SoftLabelBatch? softLabels, Device device)
    {
        Tokens = tensor(rows.Tokens, device: device).view(rows.Count, rows.Length);
        Positions = tensor(rows.Positions, device: device).view(rows.Count, rows.Length);
        Segments = tensor(rows.Segments, device: device).view(rows.Count, rows.Length);
        Predictors = tensor(rows.Predictors.ToArray(), device: device);
        Labels = tensor(rows.Labels.ToArray(), device: device);
        Weights = tensor(rows.Weights.ToArray(), device: device);
        SoftLabels = softLabels;
        TargetTokens = rows.Labels.Count;
        TotalWeight = rows.Weights.Sum(weight => (double)weight);
        ExampleTokens = rows.ExampleTokens;
    }

    /// <summary>[rows, length] int64; zeros where a row is not full.</summary>
    public Tensor Tokens { get; }

    /// <summary>[rows, length] int64, each example from 0.</summary>
    public Tensor Positions { get; }

    /// <summary>[rows, length] int64: which example of its row a token is of; -1 where it is of none.</summary>
    public Tensor Segments { get; }

    /// <summary>[targets] int64: the places, among all rows' tokens, that predict a token to learn.</summary>
    public Tensor Predictors { get; }

    /// <summary>[targets] int64: the tokens to learn.</summary>
    public Tensor Labels { get; }

    /// <summary>[targets] float32: how much each counts.</summary>
    public Tensor Weights { get; }

    /// <summary>The teacher's distribution over them; null where no token has it.</summary>
    public SoftLabelBatch? SoftLabels { get; }

    /// <summary>How many tokens are learnt.</summary>
    public int TargetTokens { get; }

    /// <summary>The sum of their weights.</summary>
    public double TotalWeight { get; }

    /// <summary>The tokens of all examples, without what is not full.</summary>
    public int ExampleTokens { get; }

    /// <param name="rows">The examples of each row.</param>
    /// <param name="options">How soft labels are used.</param>
    /// <param name="word">Decides the draws from soft labels, together with an example's id.</param>
    /// <param name="device">Where the tensors are.</param>
    public static PackedBatch Of(IReadOnlyList<List<EncodedExample>> rows, SoftLabelOptions options, string word, Device device)
    {
        using var scope = NewDisposeScope();
        var arrays = new Rows(rows.Count, rows.Max(row => row.Sum(example => example.Tokens.Length)));
        var softLabels = new SoftLabelBuilder(options);
        for (var row = 0; row < rows.Count; row++)
        {
            var start = 0;
            for (var segment = 0; segment < rows[row].Count; segment++)
            {
                softLabels.Add(rows[row][segment], word);
                start = arrays.Add(rows[row][segment], row, start, segment);
            }
        }

        var batch = new PackedBatch(arrays, softLabels.Build(device), device);
        batch.DetachFromDisposeScope();
        return batch;
    }

    public void Dispose()
    {
        foreach (var kept in All())
        {
            kept.Dispose();
        }
    }

    private void DetachFromDisposeScope()
    {
        foreach (var kept in All())
        {
            _ = kept.DetachFromDisposeScope();
        }
    }

    private IEnumerable<Tensor> All() => new[] { Tokens, Positions, Segments, Predictors, Labels, Weights }.Concat(SoftLabels?.All() ?? []);

    /// <summary>The arrays that become tensors.</summary>
    private sealed class Rows
    {
        public Rows(int count, int length)
        {
            (Count, Length) = (count, length);
            Tokens = new long[count * length];
            Positions = new long[count * length];
            Segments = new long[count * length];
            Array.Fill(Segments, -1);
        }

        public int Count { get; }

        public int Length { get; }

        public long[] Tokens { get; }

        public long[] Positions { get; }

        public long[] Segments { get; }

        public List<long> Predictors { get; } = [];

        public List<long> Labels { get; } = [];

        public List<float> Weights { get; } = [];

        public int ExampleTokens { get; private set; }

        /// <summary>Where the next example of the row begins.</summary>
        public int Add(EncodedExample example, int row, int start, int segment)
        {
            var first = (row * Length) + start;
            for (var i = 0; i < example.Tokens.Length; i++)
            {
                Tokens[first + i] = example.Tokens[i];
                Positions[first + i] = i;
                Segments[first + i] = segment;
                if (i >= example.TargetStart)
                {
                    Predictors.Add(first + i - 1);
                    Labels.Add(example.Tokens[i]);
                    Weights.Add(example.Weight);
                }
            }

            ExampleTokens += example.Tokens.Length;
            return start + example.Tokens.Length;
        }
    }
}
