using StreamDistill.Student;

namespace StreamDistill.Serve.Tests;

/// <summary>Students with random weights, on disk: they say nonsense, always the same, and never end their turn soon.</summary>
internal static class TinyStudent
{
    public const int Context = 512;

    private static readonly Lazy<StudentTokenizer> Tokenizer = new(() => BpeTrainer.Train(
        ["What is six times seven? It is forty-two.", "The quick brown fox jumps over the lazy dog, and what is the answer?"],
        new BpeTrainerOptions { VocabularySize = 320 }));

    private static readonly Lazy<string> Shared = new(() => Save(Path.Combine(Directory.CreateTempSubdirectory("serve-tests").FullName, "tiny"), seed: 1));

    /// <summary>One that all tests may read.</summary>
    public static string SharedDirectory => Shared.Value;

    /// <summary>Writes another; the same seed gives the same.</summary>
    public static string Save(string directory, long seed)
    {
        var config = new ModelConfig
        {
            VocabularySize = Tokenizer.Value.VocabularySize,
            HiddenSize = 32,
            IntermediateSize = 64,
            Layers = 2,
            Heads = 4,
            KeyValueHeads = 2,
            HeadSize = 8,
            MaxPositions = Context,
        };
        using var model = new StudentModel(Decoder.Create(config, seed), Tokenizer.Value);
        model.Save(directory);
        return directory;
    }
}
