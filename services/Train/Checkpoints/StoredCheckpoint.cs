using System.Text.Json;

namespace StreamDistill.Train;

/// <summary>A checkpoint on the disk: a student's directory that any server of Hugging Face models loads, and what training needs to go on.</summary>
/// <param name="Directory">Its full path.</param>
/// <param name="State">What trainer.json says.</param>
internal sealed record StoredCheckpoint(string Directory, TrainerState State)
{
    /// <summary>The weights' file.</summary>
    public const string Weights = "model.safetensors";

    /// <summary>The outcome of each prompt of the evaluation.</summary>
    public const string Outcomes = "evaluation.json";

    /// <summary>The directory's name.</summary>
    public string Name => Path.GetFileName(Directory);

    /// <summary>Its address.</summary>
    public string Uri => new Uri(Directory + "/").AbsoluteUri.TrimEnd('/');

    /// <summary>The hash of its weights' file.</summary>
    public string Sha256 => State.Files[Weights];

    /// <summary>Whether each answer passed, by example; null where the student was not evaluated.</summary>
    public IReadOnlyDictionary<string, bool>? ReadOutcomes()
    {
        var path = Path.Combine(Directory, Outcomes);
        return File.Exists(path) ? JsonSerializer.Deserialize<Dictionary<string, bool>>(File.ReadAllBytes(path)) : null;
    }
}
