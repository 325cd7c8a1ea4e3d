using System.Buffers;
using System.Collections;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Avro;
using Avro.Specific;

namespace StreamDistill.Interop;

/// <summary>
/// A record as plain JSON: what any language's decoder makes of it. Enums are their symbols, timestamps milliseconds since
/// 1970, a union its value, a float the double that it equals.
/// </summary>
internal static class RecordJson
{
    public static string Of(ISpecificRecord record)
    {
        var bytes = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(bytes))
        {
            Write(json, record);
        }

        return Encoding.UTF8.GetString(bytes.WrittenSpan);
    }

    private static void Write(Utf8JsonWriter json, object? value)
    {
        switch (value)
        {
            case null:
                json.WriteNullValue();
                break;
            case ISpecificRecord record:
                json.WriteStartObject();
                foreach (var field in ((RecordSchema)record.Schema).Fields)
                {
                    json.WritePropertyName(field.Name);
                    Write(json, record.Get(field.Pos));
                }

                json.WriteEndObject();
                break;
            case string text:
                json.WriteStringValue(text);
                break;
            case IDictionary map:
                json.WriteStartObject();
                foreach (DictionaryEntry entry in map)
                {
                    json.WritePropertyName((string)entry.Key);
                    Write(json, entry.Value);
                }

                json.WriteEndObject();
                break;
            case IEnumerable items:
                json.WriteStartArray();
                foreach (var item in items)
                {
                    Write(json, item);
                }

                json.WriteEndArray();
                break;
            case Enum symbol:
                json.WriteStringValue(symbol.ToString());
                break;
            case DateTime time:
                json.WriteNumberValue(new DateTimeOffset(time).ToUnixTimeMilliseconds());
                break;
            case bool flag:
                json.WriteBooleanValue(flag);
                break;
            case float or double:
                json.WriteNumberValue(Convert.ToDouble(value, CultureInfo.InvariantCulture));
                break;
            case int or long:
                json.WriteNumberValue(Convert.ToInt64(value, CultureInfo.InvariantCulture));
                break;
            default:
                throw new NotSupportedException($"{value.GetType()} has no JSON form here; add it.");
        }
    }
}
