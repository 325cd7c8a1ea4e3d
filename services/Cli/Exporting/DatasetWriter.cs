using System.Security.Cryptography;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using StreamDistill.Cli.Running;

namespace StreamDistill.Cli.Exporting;

/// <summary>Writes the dataset's files; the manifest last, so that a directory with a manifest is whole.</summary>
internal static class DatasetWriter
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <returns>The report, as it stands in report.json.</returns>
    public static async Task<JsonObject> WriteAsync(OutputDirectory output, RunOptions options, RunResult result, CancellationToken cancellationToken)
    {
        var dataset = result.Dataset;
        var files = new List<WrittenFile>
        {
            await dataset.Curated.WriteAsync(output[OutputDirectory.Curated], cancellationToken),
            await dataset.Verified.WriteAsync(output[OutputDirectory.Verified], cancellationToken),
            await dataset.Rejected.WriteAsync(output[OutputDirectory.Rejected], cancellationToken),
        };
        if (dataset.DeadLetters.Count > 0)
        {
            files.Add(await dataset.DeadLetters.WriteAsync(output[OutputDirectory.DeadLetters], cancellationToken));
        }

        var report = RunReport.Of(result);
        files.Add(await WriteJsonAsync(output[OutputDirectory.Report], report, cancellationToken));
        await WriteJsonAsync(output[OutputDirectory.Manifest], Manifest.Of(options, result, files), cancellationToken);
        return report;
    }

    private static async Task<WrittenFile> WriteJsonAsync(string path, JsonObject json, CancellationToken cancellationToken)
    {
        var bytes = JsonSerializer.SerializeToUtf8Bytes(json, Indented);
        await File.WriteAllBytesAsync(path + ".tmp", bytes, cancellationToken);
        File.Move(path + ".tmp", path, overwrite: true);
        return new WrittenFile(Path.GetFileName(path), 1, bytes.Length, Convert.ToHexStringLower(SHA256.HashData(bytes)));
    }
}
