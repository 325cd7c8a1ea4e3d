using StreamDistill.Student;

namespace StreamDistill.Benchmarks;

/// <summary>A student with random weights on disk: it says nonsense as fast as a trained one makes sense.</summary>
internal sealed class BenchmarkStudent : IDisposable
{
    private readonly DirectoryInfo root = System.IO.Directory.CreateTempSubdirectory("benchmark-student");

    public BenchmarkStudent()
    {
        var tokenizer = BpeTrainer.Train(Completions.All.Select(entry => entry.Completion.Reasoning + entry.Completion.Answer), new BpeTrainerOptions { VocabularySize = 512 });
        var config = new ModelConfig
        {
            VocabularySize = 8192,
            HiddenSize = 320,
            IntermediateSize = 896,
            Layers = 8,
            Heads = 5,
            KeyValueHeads = 5,
            HeadSize = 64,
            MaxPositions = 1024,
            TieEmbeddings = true,
        };
        using var model = new StudentModel(Decoder.Create(config, seed: 1), tokenizer);
        Parameters = model.Decoder.ParameterCount;
        model.Save(Directory);
    }

    /// <summary>Where it lies.</summary>
    public string Directory => Path.Combine(root.FullName, "student");

    /// <summary>How many numbers it is.</summary>
    public long Parameters { get; }

    public void Dispose() => root.Delete(recursive: true);
}
