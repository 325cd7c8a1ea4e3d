using StreamDistill.Contracts;
using TorchSharp;
using static TorchSharp.torch;

namespace StreamDistill.Student;

/// <summary>A student: a directory with config.json, model.safetensors and tokenizer.json, as Hugging Face's loaders read it.</summary>
public sealed class StudentModel : IDisposable
{
    /// <param name="decoder">The weights; disposed with the student.</param>
    /// <param name="tokenizer">The tokens.</param>
    /// <exception cref="StreamDistillException">The tokenizer has more tokens than the decoder's embedding.</exception>
    public StudentModel(Decoder decoder, StudentTokenizer tokenizer)
    {
        if (tokenizer.VocabularySize > decoder.Config.VocabularySize)
        {
            throw new StreamDistillException(
                $"The tokenizer has {tokenizer.VocabularySize} tokens, the embedding only {decoder.Config.VocabularySize} (vocab_size in {ModelConfig.FileName}): they belong to different models.");
        }

        Decoder = decoder;
        Tokenizer = tokenizer;
    }

    /// <summary>The weights.</summary>
    public Decoder Decoder { get; }

    /// <summary>The tokens.</summary>
    public StudentTokenizer Tokenizer { get; }

    /// <summary>Reads a student; device and type as <see cref="Decoder.Load"/>.</summary>
    /// <exception cref="StreamDistillException">A file is missing or damaged, or they do not fit together; the message names it.</exception>
    public static StudentModel Load(string directory, Device? device = null, ScalarType? dtype = null)
    {
        var tokenizer = StudentTokenizer.Read(directory);
        var decoder = Decoder.Load(directory, device, dtype);
        try
        {
            return new StudentModel(decoder, tokenizer);
        }
        catch (StreamDistillException exception)
        {
            decoder.Dispose();
            throw new StreamDistillException($"{directory}: {exception.Message}", innerException: exception);
        }
    }

    /// <summary>Writes every file of a student; makes the directory where it is missing. Each file is whole or not there.</summary>
    public void Save(string directory)
    {
        Directory.CreateDirectory(directory);
        Tokenizer.Write(directory);
        (Decoder.Config with { WeightType = Decoder.WeightType }).Write(directory);
        Decoder.SaveWeights(Path.Combine(directory, WeightFiles.FileName));
    }

    /// <inheritdoc/>
    public void Dispose() => Decoder.Dispose();
}
