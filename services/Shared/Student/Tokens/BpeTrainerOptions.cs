using StreamDistill.Contracts;

namespace StreamDistill.Student;

/// <summary>What <see cref="BpeTrainer"/> makes.</summary>
public sealed record BpeTrainerOptions
{
    /// <summary>How many tokens there are to be at most, with the 256 bytes and the special tokens.</summary>
    public int VocabularySize { get; init; } = 4096;

    /// <summary>Two neighbours that occur less often together do not become a token.</summary>
    public long MinFrequency { get; init; } = 2;

    /// <summary>How text is split; <see cref="SplitPattern.Llama3"/> and <see cref="SplitPattern.Qwen2"/> keep tokens of numbers short.</summary>
    public SplitPattern Split { get; init; } = SplitPattern.Qwen2;

    /// <summary>The special tokens; they get the last ids, in this order. ChatML's by default.</summary>
    public IReadOnlyList<string> SpecialTokens { get; init; } = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"];

    /// <exception cref="StreamDistillException">A value is not possible.</exception>
    internal void Validate()
    {
        if (VocabularySize < 256 + SpecialTokens.Count)
        {
            throw new StreamDistillException(
                $"{nameof(VocabularySize)} is {VocabularySize}; it must be at least {256 + SpecialTokens.Count}: the 256 bytes and the special tokens.");
        }

        if (SpecialTokens.Any(string.IsNullOrEmpty) || SpecialTokens.Distinct().Count() != SpecialTokens.Count)
        {
            throw new StreamDistillException($"{nameof(SpecialTokens)} are {string.Join(", ", SpecialTokens)}; none may be empty or named twice.");
        }
    }
}
