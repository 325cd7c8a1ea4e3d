using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace StreamDistill.Cli.Demo;

/// <summary>A file of one JSON object per line.</summary>
internal sealed class JsonLinesFile : IDisposable
{
    private static readonly JsonWriterOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly ArrayBufferWriter<byte> line = new();
    private readonly FileStream file;
    private readonly Utf8JsonWriter json;

    public JsonLinesFile(string path)
    {
        file = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.Read, bufferSize: 1 << 16);
        json = new Utf8JsonWriter(line, Plain);
    }

    public void Write(Action<Utf8JsonWriter> fields)
    {
        json.WriteStartObject();
        fields(json);
        json.WriteEndObject();
        json.Flush();
        line.Write("\n"u8);
        file.Write(line.WrittenSpan);
        line.ResetWrittenCount();
        json.Reset();
    }

    public void Dispose()
    {
        json.Dispose();
        file.Dispose();
    }
}
