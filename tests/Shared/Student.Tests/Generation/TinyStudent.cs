using StreamDistill.Student;
using Student.Tests.Model;

namespace Student.Tests.Generation;

/// <summary>A student that says nonsense, quickly.</summary>
internal static class TinyStudent
{
    public static StudentModel Create(int maxPositions = 64)
    {
        var words = Enumerable.Range(0, 40).Select(number => $"the {number} green birds sing {number * 7} songs, and nobody listens.");
        var tokenizer = BpeTrainer.Train(words, new BpeTrainerOptions { VocabularySize = 300 });
        var config = TinyModel.Config with
        {
            // Padded beyond the tokenizer's last token, as many models are.
            VocabularySize = tokenizer.VocabularySize + 20,
            MaxPositions = maxPositions,
            TieEmbeddings = true,
        };
        return new StudentModel(TinyModel.Create(config), tokenizer);
    }
}
