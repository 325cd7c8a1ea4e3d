using StreamDistill.Contracts;
using StreamDistill.Embedded.Broker.Catalog;
using StreamDistill.Embedded.Broker.Log;

namespace StreamDistill.Embedded.Tests.Broker.Catalog;

public sealed class CatalogFileTests : IDisposable
{
    private static readonly CatalogContent Content = new(
        "PFmxQNmzQ3KPLpLVRvsTDA", 2000, [new CatalogTopic("prompts", Guid.Parse("0193c7d2-0000-7000-8000-000000000001"), 4, new Dictionary<string, string> { ["retention.ms"] = "1" })]);

    private readonly TemporaryDirectory directory = new();

    private string FilePath => Path.Combine(directory.Path, "catalog");

    public void Dispose() => directory.Dispose();

    [Fact]
    public void There_is_none_before_the_first_is_written() => Assert.Null(CatalogFile.Read(DiskFileSystem.Instance, directory.Path));

    [Fact]
    public void What_is_written_is_read()
    {
        CatalogFile.Write(DiskFileSystem.Instance, directory.Path, Content with { NextProducerId = 1 });
        CatalogFile.Write(DiskFileSystem.Instance, directory.Path, Content);

        Assert.Equivalent(Content, CatalogFile.Read(DiskFileSystem.Instance, directory.Path), strict: true);
    }

    [Fact]
    public void A_new_file_that_was_not_finished_does_not_count()
    {
        CatalogFile.Write(DiskFileSystem.Instance, directory.Path, Content);
        File.WriteAllText(FilePath + ".new", "streamdistill-cat");

        Assert.Equal(Content.ClusterId, CatalogFile.Read(DiskFileSystem.Instance, directory.Path)!.ClusterId);
    }

    [Fact]
    public void Every_flipped_bit_is_noticed()
    {
        CatalogFile.Write(DiskFileSystem.Instance, directory.Path, Content);
        var bytes = File.ReadAllBytes(FilePath);
        for (var bit = 0; bit < bytes.Length * 8; bit++)
        {
            bytes[bit / 8] ^= (byte)(1 << (bit % 8));
            File.WriteAllBytes(FilePath, bytes);
            Assert.Throws<StreamDistillException>(() => CatalogFile.Read(DiskFileSystem.Instance, directory.Path));
            bytes[bit / 8] ^= (byte)(1 << (bit % 8));
        }
    }

    [Fact]
    public void Every_cut_is_noticed()
    {
        CatalogFile.Write(DiskFileSystem.Instance, directory.Path, Content);
        var bytes = File.ReadAllBytes(FilePath);
        for (var length = 0; length < bytes.Length; length++)
        {
            File.WriteAllBytes(FilePath, bytes[..length]);
            Assert.Throws<StreamDistillException>(() => CatalogFile.Read(DiskFileSystem.Instance, directory.Path));
        }
    }

    [Fact]
    public void A_later_version_is_named()
    {
        File.WriteAllText(FilePath, "streamdistill-catalog 2 00\n{}");

        var error = Assert.Throws<StreamDistillException>(() => CatalogFile.Read(DiskFileSystem.Instance, directory.Path));

        Assert.Contains("has version 2; this program reads version 1", error.Message, StringComparison.Ordinal);
    }
}
