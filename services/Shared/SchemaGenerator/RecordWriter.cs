using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Security;
using System.Text;
using System.Text.Json;

namespace StreamDistill.SchemaGenerator;

/// <summary>Writes the C# of one named type. Property names are the schema's in PascalCase; enum members are its symbols.</summary>
internal sealed class RecordWriter
{
    private readonly SchemaCatalog catalog;
    private readonly StringBuilder code = new();

    public RecordWriter(SchemaCatalog catalog) => this.catalog = catalog;

    public string Write(NamedType type)
    {
        Line("// Generated from the Avro schemas of the project.");
        Line("#nullable enable");
        Line("#pragma warning disable CA1707, CS8981, CA1720");
        Line("namespace " + type.Namespace);
        Line("{");
        Document(type.Definition, "    ", type.FullName);
        if (type.IsEnum)
        {
            Line("    public enum " + type.Name);
            Line("    {");
            foreach (var symbol in type.Definition.GetProperty("symbols").EnumerateArray())
            {
                Line("        /// <summary>" + symbol.GetString() + "</summary>");
                Line("        " + symbol.GetString() + ",");
            }

            Line("    }");
        }
        else
        {
            WriteRecord(type);
        }

        Line("}");
        return code.ToString();
    }

    private void WriteRecord(NamedType type)
    {
        var fields = type.Definition.GetProperty("fields").EnumerateArray().ToList();
        Line("    public sealed partial record " + type.Name + " : global::Avro.Specific.ISpecificRecord");
        Line("    {");
        Line("        /// <summary>The schema, self-contained.</summary>");
        Line("        public static readonly global::Avro.Schema _SCHEMA = global::Avro.Schema.Parse(" + Literal(catalog.SelfContained(type)) + ");");
        Line("");
        Line("        global::Avro.Schema global::Avro.Specific.ISpecificRecord.Schema => _SCHEMA;");
        foreach (var field in fields)
        {
            Line("");
            Document(field, "        ", field.GetProperty("name").GetString()!);
            var shape = ShapeOf(field.GetProperty("type"), type.Namespace);
            Line("        public " + shape.Type + " " + PropertyName(field) + Accessors(field, shape));
        }

        Line("");
        Line("        object global::Avro.Specific.ISpecificRecord.Get(int fieldPos) => fieldPos switch");
        Line("        {");
        for (var i = 0; i < fields.Count; i++)
        {
            Line("            " + i + " => " + PropertyName(fields[i]) + "!,");
        }

        Line("            _ => throw new global::Avro.AvroRuntimeException(\"Bad index \" + fieldPos + \" in Get() of " + type.FullName + "\"),");
        Line("        };");
        Line("");
        // Inlined where the position is known, it sets one field, and numbers are not boxed on their way.
        Line("        [global::System.Runtime.CompilerServices.MethodImpl(global::System.Runtime.CompilerServices.MethodImplOptions.AggressiveInlining)]");
        Line("        void global::Avro.Specific.ISpecificRecord.Put(int fieldPos, object fieldValue)");
        Line("        {");
        Line("            switch (fieldPos)");
        Line("            {");
        for (var i = 0; i < fields.Count; i++)
        {
            var shape = ShapeOf(fields[i].GetProperty("type"), type.Namespace);
            Line("                case " + i + ": " + PropertyName(fields[i]) + " = (" + shape.Type + ")fieldValue; break;");
        }

        Line("                default: throw new global::Avro.AvroRuntimeException(\"Bad index \" + fieldPos + \" in Put() of " + type.FullName + "\");");
        Line("            }");
        Line("        }");
        Line("    }");
    }

    private (string Type, bool Nullable, string? Empty) ShapeOf(JsonElement schema, string space)
    {
        switch (schema.ValueKind)
        {
            case JsonValueKind.Array:
                var branches = schema.EnumerateArray().ToList();
                if (branches.Count != 2 || !branches.Any(IsNull))
                {
                    throw new SchemaException("only unions of null and one other type are supported");
                }

                return (ShapeOf(branches.First(branch => !IsNull(branch)), space).Type + "?", true, null);
            case JsonValueKind.String:
                return NameShape(schema.GetString()!, space);
            default:
                return ObjectShape(schema, space);
        }
    }

    private (string Type, bool Nullable, string? Empty) ObjectShape(JsonElement schema, string space)
    {
        if (schema.TryGetProperty("logicalType", out var logical))
        {
            return logical.GetString() == "timestamp-millis"
                ? ("global::System.DateTime", false, "global::System.DateTime.UnixEpoch")
                : throw new SchemaException("the logical type " + logical.GetString() + " is not supported");
        }

        switch (schema.GetProperty("type").GetString())
        {
            case "array":
                var item = ShapeOf(schema.GetProperty("items"), space).Type;
                return ("global::System.Collections.Generic.IList<" + item + ">", false, "[]");
            case "map":
                var value = ShapeOf(schema.GetProperty("values"), space).Type;
                return (
                    "global::System.Collections.Generic.IDictionary<string, " + value + ">",
                    false,
                    "new global::System.Collections.Generic.Dictionary<string, " + value + ">()");
            case "record":
            case "enum":
                return NameShape(schema.GetProperty("name").GetString()!, space);
            default:
                return NameShape(schema.GetProperty("type").GetString()!, space);
        }
    }

    private (string Type, bool Nullable, string? Empty) NameShape(string name, string space) => name switch
    {
        "boolean" => ("bool", false, null),
        "int" or "long" or "float" or "double" => (name, false, null),
        "string" => ("string", false, "\"\""),
        "bytes" => ("byte[]", false, "[]"),
        _ when catalog.Find(name, space) is { } type => ("global::" + type.FullName, false, type.IsEnum ? null : "null!"),
        _ => throw new SchemaException("the type " + name + " is not known; a type of another file is named in full"),
    };

    // A collection is made when it is first asked for: one that is read, or set, is not made twice.
    private static string Accessors(JsonElement field, (string Type, bool Nullable, string? Empty) shape) =>
        shape.Type.StartsWith("global::System.Collections.", StringComparison.Ordinal) && !shape.Nullable
            ? " { get => field ??= " + shape.Empty + "; set; }"
            : " { get; set; }" + Initialiser(field, shape);

    private static string Initialiser(JsonElement field, (string Type, bool Nullable, string? Empty) shape)
    {
        if (field.TryGetProperty("default", out var given) && !shape.Nullable)
        {
            switch (given.ValueKind)
            {
                case JsonValueKind.Number when given.GetDouble() != 0:
                    return " = " + given.GetDouble().ToString(CultureInfo.InvariantCulture) + ";";
                case JsonValueKind.String when shape.Type == "string":
                    return " = " + Literal(given.GetString()!) + ";";
                case JsonValueKind.True:
                    return " = true;";
            }
        }

        return shape.Empty is null ? "" : " = " + shape.Empty + ";";
    }

    private void Document(JsonElement holder, string indent, string fallback)
    {
        var text = holder.TryGetProperty("doc", out var doc) ? doc.GetString()! : fallback;
        Line(indent + "/// <summary>" + SecurityElement.Escape(text) + "</summary>");
    }

    private static bool IsNull(JsonElement schema) => schema.ValueKind == JsonValueKind.String && schema.GetString() == "null";

    private static string PropertyName(JsonElement field) => string.Concat(
        field.GetProperty("name").GetString()!.Split('_').Where(part => part.Length > 0).Select(part => char.ToUpperInvariant(part[0]) + part.Substring(1)));

    private static string Literal(string text) => "@\"" + text.Replace("\"", "\"\"") + "\"";

    private void Line(string text) => code.Append(text).Append('\n');
}
