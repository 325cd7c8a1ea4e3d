using Avro.IO;
using Newtonsoft.Json.Linq;

namespace Avro.Resolution;

/// <summary>Encodes the default of a field, whose form in JSON the specification gives, as data of the field's schema.</summary>
internal sealed class DefaultValue
{
    // Defaults within defaults can multiply; no sane schema has so many.
    private const int ValuesMax = 65536;

    private readonly Encoder encoder;
    private int values;

    private DefaultValue(Encoder encoder) => this.encoder = encoder;

    /// <summary>The encoded default.</summary>
    /// <exception cref="AvroException">The JSON is not a default of such a schema.</exception>
    internal static byte[] Encode(Schema schema, JToken json)
    {
        using var bytes = new MemoryStream();
        new DefaultValue(new BinaryEncoder(bytes)).Write(schema, json);
        return bytes.ToArray();
    }

    private void Write(Schema schema, JToken json)
    {
        NestingDepth.Check();
        if (++values > ValuesMax)
        {
            throw new AvroException($"The default of a field has more than {ValuesMax} values");
        }

        switch (schema.Tag)
        {
            case Schema.Type.Null:
                Expect(schema, json, JTokenType.Null);
                break;
            case Schema.Type.Boolean:
                encoder.WriteBoolean((bool)Expect(schema, json, JTokenType.Boolean));
                break;
            case Schema.Type.Int:
            case Schema.Type.Long:
                WriteInteger(schema, Expect(schema, json, JTokenType.Integer));
                break;
            case Schema.Type.Float:
                encoder.WriteFloat((float)Expect(schema, json, JTokenType.Float));
                break;
            case Schema.Type.Double:
                encoder.WriteDouble((double)(json.Type == JTokenType.Integer ? json : Expect(schema, json, JTokenType.Float)));
                break;
            case Schema.Type.Bytes:
                encoder.WriteBytes(Latin1(schema, json));
                break;
            case Schema.Type.Fixed:
                WriteFixed((FixedSchema)schema, json);
                break;
            case Schema.Type.String:
                encoder.WriteString((string)Expect(schema, json, JTokenType.String));
                break;
            case Schema.Type.Enumeration:
                encoder.WriteEnum(((EnumSchema)schema).Ordinal((string)Expect(schema, json, JTokenType.String)));
                break;
            case Schema.Type.Array:
                WriteArray(((ArraySchema)schema).ItemSchema, (JArray)Expect(schema, json, JTokenType.Array));
                break;
            case Schema.Type.Map:
                WriteMap(((MapSchema)schema).ValueSchema, (JObject)Expect(schema, json, JTokenType.Object));
                break;
            case Schema.Type.Union:
                encoder.WriteUnionIndex(0);
                Write(((UnionSchema)schema)[0], json);
                break;
            case Schema.Type.Logical:
                Write(((LogicalSchema)schema).BaseSchema, json);
                break;
            default:
                WriteRecord((RecordSchema)schema, (JObject)Expect(schema, json, JTokenType.Object));
                break;
        }
    }

    private static JToken Expect(Schema schema, JToken json, JTokenType type) => json.Type == type
        ? json
        : throw new AvroException($"Default {schema.Name} value {json} is invalid, expected is json {type.ToString().ToLowerInvariant()}.");

    private static byte[] Latin1(Schema schema, JToken json) =>
        System.Text.Encoding.Latin1.GetBytes((string)Expect(schema, json, JTokenType.String));

    private void WriteInteger(Schema schema, JToken json)
    {
        bool isInt = schema.Tag == Schema.Type.Int;
        if (((JValue)json).Value is not long value || (isInt && value != (int)value))
        {
            throw new AvroException($"Default {schema.Name} value {json} is out of range.");
        }

        encoder.WriteLong(value);
    }

    private void WriteFixed(FixedSchema schema, JToken json)
    {
        byte[] bytes = Latin1(schema, json);
        encoder.WriteFixed(bytes.Length == schema.Size
            ? bytes
            : throw new AvroException($"Default fixed value {json} is not of expected length {schema.Size}"));
    }

    private void WriteArray(Schema item, JArray json)
    {
        encoder.WriteArrayStart();
        encoder.SetItemCount(json.Count);
        foreach (JToken value in json)
        {
            encoder.StartItem();
            Write(item, value);
        }

        encoder.WriteArrayEnd();
    }

    private void WriteMap(Schema item, JObject json)
    {
        encoder.WriteMapStart();
        encoder.SetItemCount(json.Count);
        foreach ((string key, JToken value) in json)
        {
            encoder.StartItem();
            encoder.WriteString(key);
            Write(item, value);
        }

        encoder.WriteMapEnd();
    }

    private void WriteRecord(RecordSchema schema, JObject json)
    {
        foreach (Field field in schema.Fields)
        {
            Write(field.Schema, json[field.Name] ?? field.DefaultValue ?? throw new AvroException("No default value for field " + field.Name));
        }
    }
}
