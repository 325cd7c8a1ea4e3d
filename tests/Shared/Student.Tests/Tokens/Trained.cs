using StreamDistill.Student;

namespace Student.Tests.Tokens;

/// <summary>Tokenizers trained on the corpus, once for all tests.</summary>
internal static class Trained
{
    private static readonly Dictionary<SplitPattern, Lazy<StudentTokenizer>> ByPattern = new[]
        {
            SplitPattern.Gpt2, SplitPattern.Gpt2Digits, SplitPattern.Llama3, SplitPattern.Qwen2,
        }
        .ToDictionary(pattern => pattern, pattern => new Lazy<StudentTokenizer>(() => Train(pattern)));

    public static StudentTokenizer Qwen2 => With(SplitPattern.Qwen2);

    public static StudentTokenizer With(SplitPattern pattern) => ByPattern[pattern].Value;

    public static StudentTokenizer Train(SplitPattern pattern, int size = 3000) =>
        BpeTrainer.Train([.. Corpus.Languages, .. Corpus.Oddities], new() { VocabularySize = size, Split = pattern });

    public static int ByteId(StudentTokenizer tokenizer, byte value) =>
        Enumerable.Range(0, tokenizer.VocabularySize).First(id => tokenizer.TokenBytes(id).Span.SequenceEqual([value]));
}
