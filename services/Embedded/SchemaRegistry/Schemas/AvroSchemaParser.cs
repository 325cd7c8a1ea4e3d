using System.Text.Json;
using System.Text.RegularExpressions;

namespace StreamDistill.Embedded.SchemaRegistry.Schemas;

/// <summary>
/// Reads an Avro schema, https://avro.apache.org/docs/1.12.0/specification/. Hostile text ends in an exception in time and
/// memory proportional to its length: its depth is bounded, and names are looked up, never expanded.
/// </summary>
internal sealed partial class AvroSchemaParser
{
    private const int DepthMax = 128;

    private static readonly JsonDocumentOptions JsonOptions = new() { MaxDepth = DepthMax };

    private static readonly Dictionary<string, AvroKind> Primitives = Enum.GetValues<AvroKind>()
        .Where(kind => kind < AvroKind.Record).ToDictionary(kind => kind.ToString().ToLowerInvariant());

    private readonly Dictionary<string, NamedType> names;
    private readonly List<(string Path, AvroField Field)> defaults = [];

    private AvroSchemaParser(IEnumerable<NamedType> known) => names = known.ToDictionary(type => type.Name.Full);

    /// <summary>The type that a text defines, and every named type in it, beside the given ones that it may refer to.</summary>
    /// <exception cref="AvroSchemaException">It is not a schema.</exception>
    public static (AvroType Type, IReadOnlyCollection<NamedType> Names) Parse(string json, IEnumerable<NamedType>? known = null)
    {
        using var document = Read(json);
        var parser = new AvroSchemaParser(known ?? []);

        // The types outlive the document, so they are made of a copy that needs no disposing.
        var root = document.RootElement.Clone();
        var type = JsonText.IsUnicode(root)
            ? parser.ParseType(root, "", "")
            : throw new AvroSchemaException("The schema has characters that are not valid Unicode.");
        foreach (var (path, field) in parser.defaults)
        {
            if (DefaultValue.WhyWrong(field.Type, field.Default!.Value) is { } reason)
            {
                throw Wrong(path + "/default", $"the default of field '{field.Name}' {reason}");
            }
        }

        return (type, parser.names.Values);
    }

    private static JsonDocument Read(string json)
    {
        try
        {
            // A bare primitive's name is a schema, quoted or not.
            return JsonDocument.Parse(Primitives.ContainsKey(json) ? $"\"{json}\"" : json, JsonOptions);
        }
        catch (JsonException e)
        {
            throw new AvroSchemaException($"The schema is not valid JSON: {e.Message}", e);
        }
        catch (ArgumentException e)
        {
            throw new AvroSchemaException("The schema has characters that are not valid Unicode.", e);
        }
    }

    private AvroType ParseType(JsonElement json, string enclosing, string path) => json.ValueKind switch
    {
        JsonValueKind.String => ParseName(Text(json, path), enclosing, path),
        JsonValueKind.Array => ParseUnion(json, enclosing, path),
        JsonValueKind.Object => ParseObject(json, enclosing, path),
        _ => throw Wrong(path, $"a schema is a string, an object or an array, not {json.ValueKind}"),
    };

    private AvroType ParseName(string name, string enclosing, string path) =>
        Primitives.TryGetValue(name, out var primitive) ? new PrimitiveType(primitive)
        : names.TryGetValue(AvroName.Of(name, enclosing).Full, out var named) || names.TryGetValue(name, out named) ? named
        : throw Wrong(path, $"the type '{name}' is not defined");

    private UnionType ParseUnion(JsonElement json, string enclosing, string path)
    {
        var branches = new List<AvroType>(json.GetArrayLength());
        var seen = new HashSet<string>();
        foreach (var branch in json.EnumerateArray())
        {
            var at = $"{path}/{branches.Count}";
            var type = ParseType(branch, enclosing, at);
            if (type.Kind == AvroKind.Union)
            {
                throw Wrong(at, "a union holds no union");
            }

            if (!seen.Add(type.Label))
            {
                throw Wrong(at, $"the union has {type.Label} already");
            }

            branches.Add(type);
        }

        return new UnionType(branches);
    }

    private AvroType ParseObject(JsonElement json, string enclosing, string path)
    {
        var type = Required(json, "type", path);
        if (type.ValueKind != JsonValueKind.String)
        {
            // {"type": {…}} is how a field is written; some writers wrap a whole schema so.
            return ParseType(type, enclosing, path + "/type");
        }

        var kind = Text(type, path + "/type");
        switch (kind)
        {
            case "record" or "error":
                return ParseRecord(json, enclosing, path);
            case "enum":
                return ParseEnum(json, enclosing, path);
            case "fixed":
                return ParseFixed(json, enclosing, path);
            case "array":
                return new ArrayType(ParseType(Required(json, "items", path), enclosing, path + "/items"))
                {
                    Attributes = OtherAttributes(json, "type", "items"),
                };
            case "map":
                return new MapType(ParseType(Required(json, "values", path), enclosing, path + "/values"))
                {
                    Attributes = OtherAttributes(json, "type", "values"),
                };
            default:
                return Primitives.TryGetValue(kind, out var primitive)
                    ? new PrimitiveType(primitive) { Attributes = OtherAttributes(json, "type") }
                    : ParseName(kind, enclosing, path + "/type");
        }
    }

    private RecordType ParseRecord(JsonElement json, string enclosing, string path)
    {
        var name = ParseDefinedName(json, enclosing, path);
        var record = Define(path, new RecordType(name)
        {
            Doc = OptionalText(json, "doc", path),
            Aliases = ParseAliases(json, path, alias => AvroName.Of(alias, name.Namespace).Full),
            Attributes = OtherAttributes(json, "type", "name", "namespace", "doc", "aliases", "fields"),
        });
        var fields = new List<AvroField>();
        var seen = new HashSet<string>();
        foreach (var each in RequiredArray(json, "fields", path))
        {
            var at = $"{path}/fields/{fields.Count}";
            var field = ParseField(each, name.Namespace, at);
            if (!seen.Add(field.Name))
            {
                throw Wrong(at, $"the record has a field '{field.Name}' already");
            }

            fields.Add(field);
        }

        record.Fields = fields;
        return record;
    }

    private AvroField ParseField(JsonElement json, string enclosing, string path)
    {
        var field = new AvroField(
            CheckName(Text(Required(json, "name", path), path + "/name"), path + "/name"),
            ParseType(Required(json, "type", path), enclosing, path + "/type"))
        {
            Default = json.TryGetProperty("default", out var value) ? value : null,
            Doc = OptionalText(json, "doc", path),
            Order = OptionalText(json, "order", path),
            Aliases = ParseAliases(json, path, alias => alias),
            Attributes = OtherAttributes(json, "name", "type", "default", "doc", "order", "aliases"),
        };
        if (field.Order is not (null or "ascending" or "descending" or "ignore"))
        {
            throw Wrong(path + "/order", $"'{field.Order}' is not ascending, descending or ignore");
        }

        if (field.Default != null)
        {
            defaults.Add((path, field));
        }

        return field;
    }

    private EnumType ParseEnum(JsonElement json, string enclosing, string path)
    {
        var name = ParseDefinedName(json, enclosing, path);
        var symbols = RequiredArray(json, "symbols", path)
            .Select((symbol, i) => CheckName(Text(symbol, $"{path}/symbols/{i}"), $"{path}/symbols/{i}")).ToList();
        var unknown = OptionalText(json, "default", path);
        if (symbols.Distinct().Count() != symbols.Count)
        {
            throw Wrong(path + "/symbols", "a symbol stands there twice");
        }

        if (unknown != null && !symbols.Contains(unknown))
        {
            throw Wrong(path + "/default", $"the enum has no symbol '{unknown}'");
        }

        return Define(path, new EnumType(name, symbols)
        {
            Default = unknown,
            Doc = OptionalText(json, "doc", path),
            Aliases = ParseAliases(json, path, alias => AvroName.Of(alias, name.Namespace).Full),
            Attributes = OtherAttributes(json, "type", "name", "namespace", "doc", "aliases", "symbols", "default"),
        });
    }

    private FixedType ParseFixed(JsonElement json, string enclosing, string path)
    {
        var name = ParseDefinedName(json, enclosing, path);
        var size = Required(json, "size", path);
        return size.ValueKind == JsonValueKind.Number && size.TryGetInt32(out var bytes) && bytes >= 0
            ? Define(path, new FixedType(name, bytes)
            {
                Doc = OptionalText(json, "doc", path),
                Aliases = ParseAliases(json, path, alias => AvroName.Of(alias, name.Namespace).Full),
                Attributes = OtherAttributes(json, "type", "name", "namespace", "doc", "aliases", "size"),
            })
            : throw Wrong(path + "/size", "a size is an integer of 0 or more");
    }

    private AvroName ParseDefinedName(JsonElement json, string enclosing, string path)
    {
        var name = AvroName.Of(Text(Required(json, "name", path), path + "/name"), OptionalText(json, "namespace", path) ?? enclosing);
        foreach (var part in name.Full.Split('.'))
        {
            CheckName(part, path + "/name");
        }

        return Primitives.ContainsKey(name.Full)
            ? throw Wrong(path + "/name", $"'{name.Full}' is a primitive type's name")
            : name;
    }

    private T Define<T>(string path, T type)
        where T : NamedType =>
        names.TryAdd(type.Name.Full, type) ? type : throw Wrong(path, $"the name '{type.Name.Full}' is defined already");

    private static List<string> ParseAliases(JsonElement json, string path, Func<string, string> qualify) =>
        json.TryGetProperty("aliases", out _)
            ? RequiredArray(json, "aliases", path).Select((alias, i) => qualify(Text(alias, $"{path}/aliases/{i}"))).ToList()
            : [];

    private static JsonElement Required(JsonElement json, string name, string path) =>
        json.ValueKind != JsonValueKind.Object ? throw Wrong(path, $"an object is wanted, not {json.ValueKind}")
        : json.TryGetProperty(name, out var value) ? value
        : throw Wrong(path, $"'{name}' is missing");

    private static JsonElement.ArrayEnumerator RequiredArray(JsonElement json, string name, string path) =>
        Required(json, name, path) is { ValueKind: JsonValueKind.Array } array
            ? array.EnumerateArray()
            : throw Wrong($"{path}/{name}", "an array is wanted");

    private static string? OptionalText(JsonElement json, string name, string path) =>
        json.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? Text(value, $"{path}/{name}") : null;

    private static string Text(JsonElement json, string path) =>
        json.ValueKind == JsonValueKind.String ? json.GetString()! : throw Wrong(path, $"a string is wanted, not {json.ValueKind}");

    private static JsonProperty[] OtherAttributes(JsonElement json, params ReadOnlySpan<string> known)
    {
        var others = new List<JsonProperty>();
        foreach (var property in json.EnumerateObject())
        {
            if (!known.Contains(property.Name))
            {
                others.Add(property);
            }
        }

        return [.. others.OrderBy(property => property.Name, StringComparer.Ordinal)];
    }

    private static string CheckName(string name, string path) =>
        NamePattern().IsMatch(name)
            ? name
            : throw Wrong(path, $"'{name}' is no Avro name; a letter or _ starts it, letters, digits and _ follow");

    private static AvroSchemaException Wrong(string path, string reason) => new($"The schema is wrong at '{path}': {reason}.");

    [GeneratedRegex(@"^[A-Za-z_][A-Za-z0-9_]*\z")]
    private static partial Regex NamePattern();
}
