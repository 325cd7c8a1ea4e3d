using System.Security.Cryptography;
using System.Text.Json.Nodes;

namespace StreamDistill.EndToEnd;

/// <summary>A directory of the test's own, and what run leaves in it.</summary>
internal sealed class Dataset : IDisposable
{
    private readonly DirectoryInfo root = Directory.CreateTempSubdirectory("streamdistill-test-");

    /// <summary>Where run writes.</summary>
    public string Out => Path.Combine(root.FullName, "out");

    public JsonNode Report => JsonNode.Parse(File.ReadAllText(Path.Combine(Out, "report.json")))!;

    public JsonNode Manifest => JsonNode.Parse(File.ReadAllText(Path.Combine(Out, "manifest.json")))!;

    public byte[] CuratedBytes => File.ReadAllBytes(Path.Combine(Out, "curated.jsonl"));

    public List<JsonNode> Lines(string file) => File.ReadLines(Path.Combine(Out, file)).Select(line => JsonNode.Parse(line)!).ToList();

    public string Write(string name, params string[] lines)
    {
        var path = Path.Combine(root.FullName, name);
        File.WriteAllLines(path, lines);
        return path;
    }

    public string PathOf(string name) => Path.Combine(root.FullName, name);

    /// <summary>Every file that the manifest names has the bytes that it names.</summary>
    public void AssertManifestHolds()
    {
        var files = Manifest["files"]!.AsArray();
        Assert.NotEmpty(files);
        foreach (var file in files)
        {
            var bytes = File.ReadAllBytes(Path.Combine(Out, file!["name"]!.GetValue<string>()));
            Assert.Equal(file["sha256"]!.GetValue<string>(), Convert.ToHexStringLower(SHA256.HashData(bytes)));
        }
    }

    public void Dispose() => root.Delete(recursive: true);
}
