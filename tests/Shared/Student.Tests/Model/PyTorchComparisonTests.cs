using StreamDistill.Student;
using static TorchSharp.torch;

namespace Student.Tests.Model;

public sealed class PyTorchComparisonTests(PyTorchComparison comparison) : IClassFixture<PyTorchComparison>
{
    public static TheoryData<string> Models => [.. PyTorchComparison.Models.Keys];

    [Theory]
    [MemberData(nameof(Models))]
    public void Logits_loss_and_every_gradient_are_those_of_plain_PyTorch(string model)
    {
        using var scope = NewDisposeScope();

        var (ours, theirs) = comparison.Compute(model);

        Assert.Equal(theirs.Keys.Order(StringComparer.Ordinal), ours.Keys.Order(StringComparer.Ordinal));
        foreach (var (name, expected) in theirs)
        {
            TinyModel.AssertClose(expected, ours[name], 1e-5, name);
        }
    }
}
