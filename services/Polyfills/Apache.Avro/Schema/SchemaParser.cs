using Newtonsoft.Json;
using Newtonsoft.Json.Linq;

namespace Avro;

/// <summary>Makes schemas of their JSON, as the Avro 1.12 specification says and the package understands it.</summary>
internal static class SchemaParser
{
    // Newtonsoft's own limit for JSON text, and so the package's.
    private const int NestingMax = 64;

    internal static Schema Parse(string json, SchemaNames names, string encspace)
    {
        if (PrimitiveSchema.NewInstance(json) is { } primitive)
        {
            return primitive;
        }

        JToken token = Load(json);
        return token is JObject or JArray
            ? ParseToken(token, names, encspace)
            : throw new JsonReaderException($"A schema is a JSON object, array or the name of a primitive type, but this is a {token.Type}.");
    }

    private static JToken Load(string json)
    {
        using var reader = new JsonTextReader(new StringReader(json)) { MaxDepth = NestingMax };
        try
        {
            JToken token = JToken.Load(reader);
            if (reader.Read())
            {
                throw new JsonReaderException("There is more text after the schema's JSON.");
            }

            return token;
        }
        catch (JsonReaderException e) when (reader.Depth >= NestingMax)
        {
            throw new SchemaParseException($"The schema's JSON is nested deeper than {NestingMax} levels.", e);
        }
    }

    private static Schema ParseToken(JToken token, SchemaNames names, string encspace) => token switch
    {
        JValue { Type: JTokenType.String } name => ParseName((string)name, null, token, names, encspace),
        JArray branches => ParseUnion(branches, null, names, encspace),
        JObject json => ParseObject(json, names, encspace),
        _ => throw NotASchema(token),
    };

    private static AvroTypeException NotASchema(JToken token) => new($"Invalid JSON for schema: {token} at '{token.Path}'");

    private static Schema ParseName(string name, PropertyMap props, JToken token, SchemaNames names, string encspace)
    {
        if (PrimitiveSchema.NewInstance(name, props) is { } primitive)
        {
            return primitive;
        }

        return names.TryGetValue(name, null, encspace, null, out NamedSchema named)
            ? named
            : throw new SchemaParseException($"Undefined name: {name} at '{token.Path}'");
    }

    private static Schema ParseObject(JObject json, SchemaNames names, string encspace)
    {
        JToken type = json["type"] ?? throw new SchemaParseException($"Property type is required at '{json.Path}'");
        PropertyMap props = PropertyMap.Parse(json);
        string word = type.Type == JTokenType.String ? (string)type : null;
        if (word == "array")
        {
            JToken items = json["items"] ?? throw new AvroTypeException($"Array does not have 'items' at '{json.Path}'");
            return new ArraySchema(ParseToken(items, names, encspace), props);
        }

        if (word == "map")
        {
            JToken values = json["values"] ?? throw new AvroTypeException($"Map does not have 'values' at '{json.Path}'");
            return new MapSchema(ParseToken(values, names, encspace), props);
        }

        if (json["logicalType"] != null && type is not JArray)
        {
            return new LogicalSchema(ParseToken(type, names, encspace), RequiredString(json, "logicalType"), props);
        }

        return type switch
        {
            JArray branches => ParseUnion(branches, props, names, encspace),
            JObject inner => ParseToken(inner, names, encspace) as PrimitiveSchema ?? throw NotASchema(json),
            _ when word != null => ParseNamed(json, word, props, names, encspace),
            _ => throw NotASchema(json),
        };
    }

    private static Schema ParseNamed(JObject json, string type, PropertyMap props, SchemaNames names, string encspace)
    {
        if (type is not ("record" or "error" or "enum" or "fixed"))
        {
            return ParseName(type, props, json, names, encspace);
        }

        string doc = OptionalString(json, "doc");
        var name = new SchemaName(OptionalString(json, "name"), OptionalString(json, "namespace"), encspace, doc);
        IList<SchemaName> aliases = Strings(json, "aliases")?.ConvertAll(alias => new SchemaName(alias, name.Space, name.EncSpace, null));
        try
        {
            return type switch
            {
                "enum" => new EnumSchema(name, aliases, Symbols(json, name), props, names, doc, OptionalString(json, "default")),
                "fixed" => new FixedSchema(name, aliases, RequiredInteger(json, "size"), props, names, doc),
                _ => ParseRecord(json, type == "error" ? Schema.Type.Error : Schema.Type.Record, name, aliases, props, names, doc),
            };
        }
        catch (SchemaParseException e) when (!e.Message.Contains(" at '", StringComparison.Ordinal))
        {
            throw new SchemaParseException($"{e.Message} at '{json.Path}'", e);
        }
    }

    private static RecordSchema ParseRecord(
        JObject json, Schema.Type type, SchemaName name, IList<SchemaName> aliases, PropertyMap props, SchemaNames names, string doc)
    {
        if (json["fields"] is not JArray fields)
        {
            throw new SchemaParseException($"'fields' is missing or not an array for record {name} at '{json.Path}'");
        }

        var record = new RecordSchema(type, name, aliases, props, names, doc);
        foreach (JToken token in fields)
        {
            JObject field = token as JObject ?? throw new SchemaParseException($"A field is not an object at '{token.Path}'");
            string order = OptionalString(field, "order") ?? nameof(Field.SortOrder.ignore);
            if (!Enum.TryParse(order, out Field.SortOrder sortOrder))
            {
                throw new SchemaParseException($"'order' must be ascending, descending or ignore, but is {order} at '{field.Path}'");
            }

            string fieldName = RequiredString(field, "name");
            JToken fieldType = field["type"] ?? throw new SchemaParseException($"'type' was not found for field: {fieldName} at '{field.Path}'");
            record.AddField(new Field(
                ParseToken(fieldType, names, name.Namespace),
                fieldName,
                Strings(field, "aliases"),
                record.Count,
                OptionalString(field, "doc"),
                field["default"],
                sortOrder,
                PropertyMap.Parse(field)));
        }

        return record;
    }

    private static UnionSchema ParseUnion(JArray json, PropertyMap props, SchemaNames names, string encspace)
    {
        var branches = new List<Schema>(json.Count);
        var taken = new HashSet<string>();
        foreach (JToken token in json)
        {
            Schema branch = ParseToken(token, names, encspace);
            if (branch is UnionSchema)
            {
                throw new SchemaParseException($"Unions may not immediately contain other unions, as they do at '{token.Path}'");
            }

            if (!taken.Add(branch.Fullname))
            {
                throw new SchemaParseException($"Duplicate type in union: {branch.Fullname} at '{token.Path}'");
            }

            branches.Add(branch);
        }

        return new UnionSchema(branches, props);
    }

    private static List<string> Symbols(JObject json, SchemaName name) =>
        Strings(json, "symbols") ?? throw new SchemaParseException($"Enum has no symbols: {name} at '{json.Path}'");

    private static List<string> Strings(JObject json, string name)
    {
        if (json[name] is not { } token)
        {
            return null;
        }

        return token is JArray array && array.All(item => item.Type == JTokenType.String)
            ? array.Select(item => (string)item).ToList()
            : throw new SchemaParseException($"'{name}' must be a JSON array of strings at '{json.Path}'");
    }

    private static string OptionalString(JObject json, string name) => json[name] switch
    {
        null => null,
        { Type: JTokenType.String } value => (string)value,
        _ => throw new SchemaParseException($"Field {name} is not a string at '{json.Path}'"),
    };

    private static string RequiredString(JObject json, string name)
    {
        string value = OptionalString(json, name);
        return string.IsNullOrEmpty(value) ? throw new SchemaParseException($"No \"{name}\" JSON field at '{json.Path}'") : value;
    }

    private static int RequiredInteger(JObject json, string name) =>
        json[name] is JValue { Value: long value } && value is >= int.MinValue and <= int.MaxValue
            ? (int)value
            : throw new SchemaParseException($"Field {name} is not an integer of 32 bits at '{json.Path}'");
}
