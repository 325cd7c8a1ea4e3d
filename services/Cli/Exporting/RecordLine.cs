using System.Collections;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Avro.Generic;
using Confluent.Kafka;

namespace StreamDistill.Cli.Exporting;

/// <summary>A record of any topic as a line of JSON.</summary>
internal static class RecordLine
{
    /// <param name="json">Within an object.</param>
    /// <param name="record">The record.</param>
    /// <param name="value">Its decoded value; bytes are written in base64 as value_base64.</param>
    public static void Write(Utf8JsonWriter json, ConsumeResult<byte[], byte[]?> record, object? value)
    {
        json.WriteString("topic", record.Topic);
        json.WriteNumber("partition", record.Partition.Value);
        json.WriteNumber("offset", record.Offset.Value);
        json.WriteString("timestamp", Time(record.Message.Timestamp.UtcDateTime));
        Text(json, "key", record.Message.Key);
        json.WriteStartObject("headers");
        foreach (var header in record.Message.Headers ?? [])
        {
            Text(json, header.Key, header.GetValueBytes());
        }

        json.WriteEndObject();
        if (value is byte[] bytes)
        {
            json.WriteBase64String("value_base64", bytes);
        }
        else
        {
            json.WritePropertyName("value");
            Value(json, value);
        }
    }

    private static void Text(Utf8JsonWriter json, string name, byte[]? bytes)
    {
        if (bytes is null)
        {
            json.WriteNull(name);
        }
        else
        {
            json.WriteString(name, Encoding.UTF8.GetString(bytes));
        }
    }

    private static void Value(Utf8JsonWriter json, object? value)
    {
        switch (value)
        {
            case null:
                json.WriteNullValue();
                break;
            case GenericRecord record:
                json.WriteStartObject();
                foreach (var field in record.Schema.Fields)
                {
                    json.WritePropertyName(field.Name);
                    Value(json, record.GetValue(field.Pos));
                }

                json.WriteEndObject();
                break;
            case GenericEnum symbol:
                json.WriteStringValue(symbol.Value);
                break;
            case GenericFixed fixedBytes:
                json.WriteBase64StringValue(fixedBytes.Value);
                break;
            case string text:
                json.WriteStringValue(text);
                break;
            case bool truth:
                json.WriteBooleanValue(truth);
                break;
            case int number:
                json.WriteNumberValue(number);
                break;
            case long number:
                json.WriteNumberValue(number);
                break;
            case float number:
                Real(json, number, number.ToString("R", CultureInfo.InvariantCulture));
                break;
            case double number:
                Real(json, number, number.ToString("R", CultureInfo.InvariantCulture));
                break;
            case byte[] bytes:
                json.WriteBase64StringValue(bytes);
                break;
            case DateTime time:
                json.WriteStringValue(Time(time));
                break;
            case IDictionary<string, object> map:
                json.WriteStartObject();
                foreach (var (key, item) in map)
                {
                    json.WritePropertyName(key);
                    Value(json, item);
                }

                json.WriteEndObject();
                break;
            case IEnumerable items:
                json.WriteStartArray();
                foreach (var item in items)
                {
                    Value(json, item);
                }

                json.WriteEndArray();
                break;
            default:
                json.WriteStringValue(Convert.ToString(value, CultureInfo.InvariantCulture));
                break;
        }
    }

    /// <summary>JSON has no number for infinities and NaN: those are strings.</summary>
    private static void Real(Utf8JsonWriter json, double number, string text)
    {
        if (double.IsFinite(number))
        {
            json.WriteRawValue(text);
        }
        else
        {
            json.WriteStringValue(text);
        }
    }

    private static string Time(DateTime time) => time.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
}
