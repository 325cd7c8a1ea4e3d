using System.Text.Json;
using StreamDistill.Contracts;

namespace StreamDistill.Student;

/// <summary>A tensor as a safetensors header describes it.</summary>
/// <param name="Type">Its element type.</param>
/// <param name="Shape">Its dimensions; none for a scalar.</param>
/// <param name="Start">The first byte, counted from the end of the header.</param>
/// <param name="End">One past the last byte, counted from the end of the header.</param>
public sealed record SafetensorsEntry(SafetensorsType Type, IReadOnlyList<long> Shape, long Start, long End);

// The format, after https://huggingface.co/docs/safetensors:
//
//   8 bytes    unsigned little-endian: the size of the header in bytes, at most 100 MB
//   header     a JSON object in UTF-8 that begins with '{' and may end in spaces:
//              { "name": {"dtype": "F32", "shape": [2, 3], "data_offsets": [begin, end]}, ..., "__metadata__": {"text": "text"} }
//   tensors    row-major, little-endian, each at its data_offsets, counted from the end of the header
//
// The tensors cover the rest of the file: no holes, no overlaps. Names are unique. An end minus its begin is the product of the
// shape times the element size; a shape [] is one element, and a dimension of 0 means no bytes.

/// <summary>Reads and checks the header of a safetensors file before anything is allocated for its tensors.</summary>
internal sealed class SafetensorsHeader
{
    /// <summary>The largest header that the format allows, in bytes.</summary>
    public const int SizeMax = 100_000_000;

    private const int DimensionsMax = 64;

    public Dictionary<string, SafetensorsEntry> Entries { get; } = new(StringComparer.Ordinal);

    public Dictionary<string, string> Metadata { get; } = new(StringComparer.Ordinal);

    /// <param name="json">The header's bytes.</param>
    /// <param name="dataSize">The bytes that follow the header.</param>
    /// <param name="source">What to call the file in an error.</param>
    /// <exception cref="StreamDistillException">The header is not what the format says; the message says where.</exception>
    public static SafetensorsHeader Parse(ReadOnlySpan<byte> json, long dataSize, string source)
    {
        if (json.IsEmpty || json[0] != (byte)'{')
        {
            throw Refusal(source, "its header does not begin with '{'");
        }

        try
        {
            var header = new SafetensorsHeader();
            var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = 4 });
            reader.Read();
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var name = reader.GetString()!;
                reader.Read();
                if (name == "__metadata__")
                {
                    header.ReadMetadata(ref reader, source);
                }
                else if (!header.Entries.TryAdd(name, ReadEntry(ref reader, name, source)))
                {
                    throw Refusal(source, $"the tensor '{name}' is there twice");
                }
            }

            reader.Read();
            header.CheckCoverage(dataSize, source);
            return header;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // InvalidOperationException: a string that is no valid UTF-8 or escapes half a surrogate pair.
            throw Refusal(source, $"its header is not valid JSON: {exception.Message}", exception);
        }
    }

    private static StreamDistillException Refusal(string source, string reason, Exception? cause = null) =>
        new($"{source} is not a safetensors file that can be read: {reason}. Fetch or write the file again.", innerException: cause);

    private static SafetensorsEntry ReadEntry(ref Utf8JsonReader reader, string name, string source)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            throw Refusal(source, $"the tensor '{name}' is no object");
        }

        SafetensorsType? type = null;
        IReadOnlyList<long>? shape = null;
        IReadOnlyList<long>? offsets = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var field = reader.GetString()!;
            reader.Read();
            switch (field)
            {
                case "dtype" when type is null && reader.TokenType == JsonTokenType.String:
                    var word = reader.GetString()!;
                    type = SafetensorsType.Of(word) ?? throw Refusal(source, $"the tensor '{name}' has the dtype '{word}', not one of {SafetensorsType.Words}");
                    break;
                case "shape" when shape is null:
                    shape = ReadNumbers(ref reader, $"shape of the tensor '{name}'", DimensionsMax, source);
                    break;
                case "data_offsets" when offsets is null:
                    offsets = ReadNumbers(ref reader, $"data_offsets of the tensor '{name}'", 2, source);
                    break;
                default:
                    throw Refusal(source, $"the field '{field}' of the tensor '{name}' is unknown, there twice or of the wrong kind");
            }
        }

        return type is not null && shape is not null && offsets is { Count: 2 }
            ? new SafetensorsEntry(type, shape, offsets[0], offsets[1])
            : throw Refusal(source, $"the tensor '{name}' lacks its dtype, shape or two data_offsets");
    }

    private static List<long> ReadNumbers(ref Utf8JsonReader reader, string what, int countMax, string source)
    {
        var numbers = new List<long>();
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            throw Refusal(source, $"the {what} is no array");
        }

        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (reader.TokenType != JsonTokenType.Number || !reader.TryGetInt64(out var number) || number < 0)
            {
                throw Refusal(source, $"the {what} has something else than whole numbers from 0 on");
            }

            if (numbers.Count == countMax)
            {
                throw Refusal(source, $"the {what} has more than {countMax} numbers");
            }

            numbers.Add(number);
        }

        return numbers;
    }

    private void ReadMetadata(ref Utf8JsonReader reader, string source)
    {
        if (reader.TokenType != JsonTokenType.StartObject || Metadata.Count > 0)
        {
            throw Refusal(source, "__metadata__ is no object, or there twice");
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var key = reader.GetString()!;
            reader.Read();
            if (reader.TokenType != JsonTokenType.String || !Metadata.TryAdd(key, reader.GetString()!))
            {
                throw Refusal(source, $"'{key}' in __metadata__ is no text, or there twice");
            }
        }
    }

    private void CheckCoverage(long dataSize, string source)
    {
        var position = 0L;
        foreach (var (name, entry) in Entries.OrderBy(pair => pair.Value.Start).ThenBy(pair => pair.Value.End))
        {
            if (entry.Start != position || entry.End < entry.Start || entry.End > dataSize)
            {
                throw Refusal(source, $"the tensor '{name}' is at bytes {entry.Start} to {entry.End}, but must begin at {position} and end by {dataSize}");
            }

            if (entry.End - entry.Start != SizeOf(entry))
            {
                throw Refusal(source, $"the tensor '{name}' of {entry.Type.Word} [{string.Join(", ", entry.Shape)}] cannot have {entry.End - entry.Start} bytes");
            }

            position = entry.End;
        }

        if (position != dataSize)
        {
            throw Refusal(source, $"its tensors end at byte {position} and its data at {dataSize}");
        }
    }

    /// <summary>The bytes that the shape asks for, or -1 where no number holds them.</summary>
    private static long SizeOf(SafetensorsEntry entry)
    {
        if (entry.Shape.Contains(0))
        {
            return 0;
        }

        var size = (long)entry.Type.ElementSizeBytes;
        foreach (var dimension in entry.Shape)
        {
            if (dimension > long.MaxValue / size)
            {
                return -1;
            }

            size *= dimension;
        }

        return size;
    }
}
