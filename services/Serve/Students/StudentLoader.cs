using System.Security.Cryptography;
using StreamDistill.Contracts;
using StreamDistill.Student;
using TorchSharp;

namespace StreamDistill.Serve;

/// <summary>Loads student directories to be served.</summary>
internal sealed partial class StudentLoader(ServeOptions options, TimeProvider time, ILogger<StudentLoader> logger)
{
    private const int FingerprintDigits = 12;

    /// <summary>Loads a directory; takes as long as reading the weights does.</summary>
    /// <param name="directory">config.json, the weights, tokenizer.json.</param>
    /// <param name="step">The training step, where it is a checkpoint.</param>
    /// <param name="sha256">What the weights' file must hash to, in hexadecimal; null takes it as it is.</param>
    /// <returns>The student, with one reference that is the caller's.</returns>
    /// <exception cref="StreamDistillException">Something is missing or damaged, or the hash is another.</exception>
    public ServedStudent Load(string directory, long? step = null, string? sha256 = null)
    {
        var started = time.GetTimestamp();
        var hash = HashOfWeights(directory);
        if (sha256 is not null && !hash.Equals(sha256, StringComparison.OrdinalIgnoreCase))
        {
            throw new StreamDistillException($"The weights in {directory} are not those of the checkpoint: their sha256 is {hash}, not {sha256}.");
        }

        StudentModel? model = null;
        try
        {
            model = StudentModel.Load(directory, torch.device(options.Device));
            var engine = new GenerationEngine(model.Decoder, model.Tokenizer, options.Rows, options.ContextMax);
            var digits = hash[..FingerprintDigits];
            var student = new ServedStudent(model, engine, step is null ? digits : FormattableString.Invariant($"step-{step}-{digits}"), time.GetUtcNow());
            LogLoaded(options.Model, student.Fingerprint, directory, time.GetElapsedTime(started).TotalSeconds);
            return student;
        }
        catch (Exception e)
        {
            model?.Dispose();
            throw e as StreamDistillException ?? new StreamDistillException($"{directory} cannot be loaded: {e.Message}", innerException: e);
        }
    }

    /// <summary>Of model.safetensors; of the index where the weights are sharded.</summary>
    private static string HashOfWeights(string directory)
    {
        string[] names = ["model.safetensors", "model.safetensors.index.json"];
        var path = names.Select(name => Path.Combine(directory, name)).FirstOrDefault(File.Exists)
            ?? throw new StreamDistillException($"{directory} holds no student: there is neither model.safetensors nor model.safetensors.index.json.");
        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16, FileOptions.SequentialScan);
            return Convert.ToHexStringLower(SHA256.HashData(file));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StreamDistillException($"{path} cannot be read: {e.Message}", isTransient: true, e);
        }
    }

    [LoggerMessage(LogLevel.Information, "{Model} {Fingerprint} was loaded from {Directory} in {Seconds:N1} s")]
    private partial void LogLoaded(string model, string fingerprint, string directory, double seconds);
}
