using StreamDistill.Cli.Commands;
using StreamDistill.Cli.Demo;

namespace StreamDistill.Cli.Tests.Demo;

public sealed class DemoModelsTests : IDisposable
{
    private readonly string models = Directory.CreateTempSubdirectory().FullName;

    public void Dispose() => Directory.Delete(models, recursive: true);

    [Fact]
    public void A_model_that_is_missing_is_named_with_what_makes_it()
    {
        var refused = Assert.Throws<UsageException>(() => DemoModels.DirectoryOf(DemoModels.Teacher, models));

        Assert.Contains($"--models is '{models}'", refused.Message, StringComparison.Ordinal);
        Assert.Contains("teacher", refused.Message, StringComparison.Ordinal);
        Assert.Contains("demo-models", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_model_is_found_by_its_configuration()
    {
        var directory = Directory.CreateDirectory(Path.Combine(models, "base")).FullName;
        File.WriteAllText(Path.Combine(directory, "config.json"), "{}");

        Assert.Equal(directory, DemoModels.DirectoryOf(DemoModels.Base, models));
    }
}
