using System.Globalization;
using StreamDistill.Contracts;
using StreamDistill.Student;
using StreamDistill.Train;
using TorchSharp;

namespace StreamDistill.Benchmarks;

/// <summary>A student and examples of the lengths that chats have: most short, few long.</summary>
internal static class TrainingWork
{
    public const int SequenceLength = 256, TokensPerStep = 2048;

    public static ModelConfig Config { get; } = new()
    {
        VocabularySize = 2048,
        HiddenSize = 192,
        IntermediateSize = 512,
        Layers = 3,
        Heads = 6,
        KeyValueHeads = 3,
        HeadSize = 32,
        MaxPositions = 512,
        TieEmbeddings = true,
    };

    /// <summary>Writes the student as a base model.</summary>
    public static string WriteBase(string directory, ModelConfig config)
    {
        var tokenizer = BpeTrainer.Train(["a student that is only measured says nothing"], new BpeTrainerOptions { VocabularySize = 300 });
        using var student = new StudentModel(Decoder.Create(config, 1), tokenizer);
        student.Save(directory);
        return directory;
    }

    public static Learner Begin(string directory, double softWeight = 0) => Learner.Begin(new TrainOptions
    {
        BaseModel = directory,
        SoftLabels = new SoftLabelOptions { Weight = softWeight },
        Optimizer = new OptimizerOptions { LearningRate = 1e-4 },
    });

    /// <summary>Examples whose lengths are log-normal around 60 tokens, a third of it prompt; with the 20 likeliest tokens of each target where wanted.</summary>
    public static List<EncodedExample> Examples(int count, ModelConfig config, bool soft = false)
    {
        var random = new Random(1);
        return [.. Enumerable.Range(0, count).Select(number =>
        {
            var normal = Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
            var length = Math.Clamp((int)Math.Exp(Math.Log(60) + (0.7 * normal)), 8, SequenceLength);
            int[] tokens = [.. Enumerable.Range(0, length).Select(_ => random.Next(config.VocabularySize))];
            var start = Math.Max(1, length / 3);
            return new EncodedExample(
                StableId.Bits(StableId.Of(number.ToString(CultureInfo.InvariantCulture))), tokens, start, 1, soft ? SoftLabels(start, length - start, random, config) : null);
        })];
    }

    /// <summary>The packs of a pass, a step each.</summary>
    public static List<List<EncodedExample>[]> Packs(List<EncodedExample> examples) =>
        [.. Packer.Rows(examples, SequenceLength).Chunk(TokensPerStep / SequenceLength)];

    /// <summary>The same steps, of the same examples and with the same gradients, but each example in a row of its own.</summary>
    public static List<List<EncodedExample>[]> PaddedPacks(List<EncodedExample> examples) =>
        [.. Packs(examples).Select(rows => rows.SelectMany(row => row).Select(example => new List<EncodedExample> { example }).ToArray())];

    /// <summary>Writes a pack as tensors, for another trainer.</summary>
    public static void Write(string path, IReadOnlyList<List<EncodedExample>> pack)
    {
        using var batch = PackedBatch.Of(pack, new SoftLabelOptions(), "", torch.CPU);
        SafetensorsWriter.Write(path, new Dictionary<string, torch.Tensor>
        {
            ["tokens"] = batch.Tokens, ["positions"] = batch.Positions, ["segments"] = batch.Segments,
            ["predictors"] = batch.Predictors, ["labels"] = batch.Labels, ["weights"] = batch.Weights,
        });
    }

    private static SoftLabelRun SoftLabels(int start, int length, Random random, ModelConfig config)
    {
        const int Width = 20;
        return new SoftLabelRun(
            start,
            [.. Enumerable.Repeat(Width, length)],
            [.. Enumerable.Range(0, length * Width).Select(_ => random.Next(config.VocabularySize))],
            [.. Enumerable.Range(0, length * Width).Select(_ => (float)Math.Log(1.0 / Width))]);
    }
}
