using StreamDistill.Student;

namespace StreamDistill.Train.Tests;

/// <summary>A student so small that a step takes milliseconds.</summary>
internal static class TinyStudent
{
    public static StudentTokenizer Tokenizer { get; } = BpeTrainer.Train(
        Enumerable.Range(0, 40).Select(number => $"What is {number} plus {number * 3}? <think>\nIt is {number * 4}.\n</think>\nThe answer is {number * 4}."),
        new BpeTrainerOptions { VocabularySize = 320 });

    public static ModelConfig Config { get; } = new()
    {
        VocabularySize = 320,
        HiddenSize = 32,
        IntermediateSize = 48,
        Layers = 2,
        Heads = 4,
        KeyValueHeads = 2,
        HeadSize = 8,
        MaxPositions = 128,
        TieEmbeddings = true,
    };

    public static StudentModel Create(long seed = 1) => new(Decoder.Create(Config, seed), Tokenizer);

    /// <summary>Writes one as a base model, and says where.</summary>
    public static string Write(string directory, long seed = 1)
    {
        using var student = Create(seed);
        student.Save(directory);
        return directory;
    }
}
