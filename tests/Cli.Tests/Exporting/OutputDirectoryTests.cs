using StreamDistill.Cli.Commands;
using StreamDistill.Cli.Exporting;

namespace StreamDistill.Cli.Tests.Exporting;

public sealed class OutputDirectoryTests : IDisposable
{
    private readonly string directory = Directory.CreateTempSubdirectory().FullName;

    public void Dispose() => Directory.Delete(directory, recursive: true);

    [Fact]
    public void A_directory_with_other_content_is_refused_with_what_is_in_it()
    {
        File.WriteAllText(Path.Combine(directory, "thesis.txt"), "");

        var refused = Assert.Throws<UsageException>(() => OutputDirectory.Prepare(directory, overwrite: false));

        Assert.Contains("thesis.txt", refused.Message, StringComparison.Ordinal);
        Assert.Contains("--overwrite", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Overwriting_removes_the_old_dataset_and_nothing_else()
    {
        File.WriteAllText(Path.Combine(directory, "thesis.txt"), "");
        File.WriteAllText(Path.Combine(directory, OutputDirectory.Curated), "old");

        OutputDirectory.Prepare(directory, overwrite: true).RemoveSpool();

        Assert.Equal(["thesis.txt"], Directory.GetFileSystemEntries(directory).Select(entry => Path.GetFileName(entry)));
    }

    [Fact]
    public void What_a_run_that_failed_left_of_its_work_does_not_stand_in_the_way()
    {
        OutputDirectory.Prepare(directory, overwrite: false);

        OutputDirectory.Prepare(directory, overwrite: false);
    }
}
