using System.Security.Cryptography;
using System.Text;
using StreamDistill.Cli.Exporting;

namespace StreamDistill.Cli.Tests.Exporting;

public sealed class SpoolFileTests : IDisposable
{
    private readonly string directory = Directory.CreateTempSubdirectory().FullName;

    public void Dispose() => Directory.Delete(directory, recursive: true);

    [Fact]
    public async Task Lines_come_out_in_ordinal_order_of_their_keys_the_last_of_each_and_none_that_was_removed()
    {
        using var spool = new SpoolFile(Path.Combine(directory, "spool"));
        spool.Put("b", "old"u8);
        spool.Put("a", "é"u8);
        spool.Put("Z", "first"u8);
        spool.Put("gone", "x"u8);
        spool.Put("b", new byte[100_000].AsSpan());
        spool.Put("b", "new"u8);
        spool.Remove("gone");

        var target = Path.Combine(directory, "out.jsonl");
        var written = await spool.WriteAsync(target, CancellationToken.None);

        var bytes = await File.ReadAllBytesAsync(target);
        Assert.Equal("first\né\nnew\n", Encoding.UTF8.GetString(bytes));
        Assert.Equal(new WrittenFile("out.jsonl", 3, bytes.Length, Convert.ToHexStringLower(SHA256.HashData(bytes))), written);
    }

    [Fact]
    public async Task An_empty_spool_is_an_empty_file_and_leaves_nothing_behind()
    {
        var path = Path.Combine(directory, "spool");
        using (var spool = new SpoolFile(path))
        {
            Assert.Equal(0, (await spool.WriteAsync(Path.Combine(directory, "out"), CancellationToken.None)).Bytes);
        }

        Assert.Equal(["out"], Directory.GetFiles(directory).Select(file => Path.GetFileName(file)));
    }
}
