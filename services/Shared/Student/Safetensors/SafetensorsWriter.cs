using System.Buffers.Binary;
using System.Text.Encodings.Web;
using System.Text.Json;
using StreamDistill.Contracts;
using TorchSharp;
using static TorchSharp.torch;

namespace StreamDistill.Student;

/// <summary>Writes safetensors files: the same tensors always give the same bytes. The format stands in SafetensorsHeader.cs.</summary>
public static class SafetensorsWriter
{
    private const int AlignmentBytes = 8;

    /// <summary>Writes a file whole or not at all: under a temporary name, synced, then renamed.
    /// As the reference implementation does, larger element types come first and names in order within a type, so that every tensor is aligned.</summary>
    /// <param name="path">The file; its directory exists.</param>
    /// <param name="tensors">The tensors by name, on any device.</param>
    /// <param name="metadata">Texts for __metadata__; transformers wants format = pt.</param>
    /// <exception cref="ArgumentException">A name is there twice or reserved, or the format lacks a tensor's element type.</exception>
    public static void Write(
        string path, IEnumerable<KeyValuePair<string, Tensor>> tensors, IReadOnlyDictionary<string, string>? metadata = null)
    {
        var entries = tensors.Select(pair => new Entry(pair.Key, pair.Value, TypeOf(pair.Key, pair.Value)))
            .OrderByDescending(entry => entry.Type.Rank).ThenBy(entry => entry.Name, StringComparer.Ordinal).ToList();
        var header = Header(entries, metadata);
        DurableFile.Write(path, stream =>
        {
            stream.Write(header);
            foreach (var entry in entries)
            {
                WriteTensor(stream, entry.Tensor);
            }
        });
    }

    private static SafetensorsType TypeOf(string name, Tensor tensor) =>
        SafetensorsType.Of(tensor.dtype)
        ?? throw new ArgumentException($"The tensor '{name}' is of {tensor.dtype}; safetensors files hold {SafetensorsType.Words}.");

    private static byte[] Header(List<Entry> entries, IReadOnlyDictionary<string, string>? metadata)
    {
        using var buffer = new MemoryStream();
        buffer.Write(stackalloc byte[sizeof(ulong)]);
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            WriteMetadata(json, metadata);
            var names = new HashSet<string>(StringComparer.Ordinal) { "__metadata__" };
            var position = 0L;
            foreach (var entry in entries)
            {
                if (!names.Add(entry.Name))
                {
                    throw new ArgumentException($"The tensor name '{entry.Name}' is there twice, or reserved.");
                }

                var size = entry.Tensor.NumberOfElements * entry.Type.ElementSizeBytes;
                WriteEntry(json, entry, position, position + size);
                position += size;
            }

            json.WriteEndObject();
        }

        while (buffer.Length % AlignmentBytes != 0)
        {
            buffer.WriteByte((byte)' ');
        }

        var header = buffer.ToArray();
        BinaryPrimitives.WriteUInt64LittleEndian(header, (ulong)(header.Length - sizeof(ulong)));
        return header;
    }

    private static void WriteMetadata(Utf8JsonWriter json, IReadOnlyDictionary<string, string>? metadata)
    {
        if (metadata is null)
        {
            return;
        }

        json.WriteStartObject("__metadata__");
        foreach (var (key, value) in metadata.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            json.WriteString(key, value);
        }

        json.WriteEndObject();
    }

    private static void WriteEntry(Utf8JsonWriter json, Entry entry, long start, long end)
    {
        json.WriteStartObject(entry.Name);
        json.WriteString("dtype", entry.Type.Word);
        json.WriteStartArray("shape");
        foreach (var dimension in entry.Tensor.shape)
        {
            json.WriteNumberValue(dimension);
        }

        json.WriteEndArray();
        json.WriteStartArray("data_offsets");
        json.WriteNumberValue(start);
        json.WriteNumberValue(end);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteTensor(Stream stream, Tensor tensor)
    {
        using var scope = NewDisposeScope();
        var plain = tensor.detach().cpu().contiguous();
        TensorBytes.ForEachPiece(plain, (bytes, _) => stream.Write(bytes));
    }

    private sealed record Entry(string Name, Tensor Tensor, SafetensorsType Type);
}
