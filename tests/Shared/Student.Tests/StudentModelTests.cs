using StreamDistill.Contracts;
using StreamDistill.Student;
using Student.Tests.Generation;
using Student.Tests.Model;
using static TorchSharp.torch;

namespace Student.Tests;

public sealed class StudentModelTests
{
    [Fact]
    public void A_student_saved_and_loaded_is_the_same()
    {
        using var scratch = new ScratchDirectory();
        using var scope = NewDisposeScope();
        using var student = TinyStudent.Create();

        student.Save(scratch.File("student"));

        Assert.Equal(
            ["config.json", "model.safetensors", "tokenizer.json", "tokenizer_config.json"],
            Directory.GetFiles(scratch.File("student")).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        using var again = StudentModel.Load(scratch.File("student"));
        foreach (var ((name, parameter), (_, loaded)) in student.Decoder.named_parameters().Zip(again.Decoder.named_parameters()))
        {
            Assert.True(parameter.eq(loaded).all().item<bool>(), name);
        }

        Assert.Equal(student.Tokenizer.Encode("green birds"), again.Tokenizer.Encode("green birds"));
        Assert.Equal(ScalarType.Float32, again.Decoder.Config.WeightType);
    }

    [Fact]
    public void A_tokenizer_that_is_too_large_for_the_embedding_is_refused()
    {
        using var scratch = new ScratchDirectory();
        using var student = TinyStudent.Create();
        student.Save(scratch.Path);
        using var small = TinyModel.Create();
        small.Config.Write(scratch.Path);
        small.SaveWeights(scratch.File("model.safetensors"));

        var refusal = Assert.Throws<StreamDistillException>(() => StudentModel.Load(scratch.Path));

        Assert.Contains(scratch.Path, refusal.Message, StringComparison.Ordinal);
        Assert.Contains($"The tokenizer has {student.Tokenizer.VocabularySize} tokens, the embedding only 61", refusal.Message, StringComparison.Ordinal);
    }
}
