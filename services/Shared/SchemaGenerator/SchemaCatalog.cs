using System;
using System.Collections.Generic;
using System.IO;
using System.Text;
using System.Text.Json;

namespace StreamDistill.SchemaGenerator;

/// <summary>A schema says something that no record can be made of.</summary>
internal sealed class SchemaException : Exception
{
    public SchemaException(string message)
        : base(message)
    {
    }
}

/// <summary>A record or enum of some file.</summary>
internal sealed class NamedType
{
    public NamedType(string space, string name, JsonElement definition)
    {
        Namespace = space;
        Name = name;
        Definition = definition;
    }

    public string Namespace { get; }

    public string Name { get; }

    public string FullName => Namespace + "." + Name;

    public JsonElement Definition { get; }

    public bool IsEnum => Definition.GetProperty("type").GetString() == "enum";
}

/// <summary>Every named type of every file, found by full name.</summary>
internal sealed class SchemaCatalog
{
    private readonly Dictionary<string, NamedType> byName = new(StringComparer.Ordinal);

    public IEnumerable<NamedType> Types => byName.Values;

    public void Add(JsonElement schema) => Add(schema, "");

    public NamedType? Find(string name, string space) =>
        byName.TryGetValue(name.IndexOf('.') < 0 ? space + "." + name : name, out var type) ? type : null;

    /// <summary>The schema as self-contained JSON: each type stands in full where it is first used.</summary>
    public string SelfContained(NamedType type)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            Write(writer, type.Definition, "", new HashSet<string>(StringComparer.Ordinal), type);
        }

        return Encoding.UTF8.GetString(buffer.ToArray());
    }

    private void Add(JsonElement schema, string space)
    {
        switch (schema.ValueKind)
        {
            case JsonValueKind.Array:
                foreach (var branch in schema.EnumerateArray())
                {
                    Add(branch, space);
                }

                break;
            case JsonValueKind.Object:
                AddObject(schema, space);
                break;
        }
    }

    private void AddObject(JsonElement schema, string space)
    {
        var kind = schema.GetProperty("type");
        if (kind.ValueKind != JsonValueKind.String)
        {
            Add(kind, space);
            return;
        }

        switch (kind.GetString())
        {
            case "array":
                Add(schema.GetProperty("items"), space);
                break;
            case "map":
                Add(schema.GetProperty("values"), space);
                break;
            case "record":
            case "enum":
                var inner = schema.TryGetProperty("namespace", out var given) ? given.GetString()! : space;
                var type = new NamedType(inner, schema.GetProperty("name").GetString()!, schema);
                if (byName.ContainsKey(type.FullName))
                {
                    throw new SchemaException(type.FullName + " is defined twice; refer to it by its full name instead");
                }

                byName.Add(type.FullName, type);
                if (!type.IsEnum)
                {
                    foreach (var field in schema.GetProperty("fields").EnumerateArray())
                    {
                        Add(field.GetProperty("type"), inner);
                    }
                }

                break;
        }
    }

    private void Write(Utf8JsonWriter writer, JsonElement schema, string space, HashSet<string> written, NamedType? root = null)
    {
        switch (schema.ValueKind)
        {
            case JsonValueKind.String:
                var name = schema.GetString()!;
                if (Find(name, space) is { } type && written.Add(type.FullName))
                {
                    WriteNamed(writer, type, space, written);
                }
                else
                {
                    writer.WriteStringValue(Find(name, space)?.FullName ?? name);
                }

                break;
            case JsonValueKind.Array:
                writer.WriteStartArray();
                foreach (var branch in schema.EnumerateArray())
                {
                    Write(writer, branch, space, written);
                }

                writer.WriteEndArray();
                break;
            default:
                var named = root ?? (schema.TryGetProperty("name", out var own) ? Find(own.GetString()!, space) : null);
                if (named is not null)
                {
                    // A definition may come second to a reference that was written in full before it.
                    if (written.Add(named.FullName))
                    {
                        WriteNamed(writer, named, space, written);
                    }
                    else
                    {
                        writer.WriteStringValue(named.FullName);
                    }
                }
                else
                {
                    WriteProperties(writer, schema, space, written);
                }

                break;
        }
    }

    private void WriteNamed(Utf8JsonWriter writer, NamedType type, string space, HashSet<string> written)
    {
        writer.WriteStartObject();
        writer.WriteString("type", type.IsEnum ? "enum" : "record");
        writer.WriteString("name", type.Name);
        if (type.Namespace != space)
        {
            writer.WriteString("namespace", type.Namespace);
        }

        foreach (var property in type.Definition.EnumerateObject())
        {
            if (property.Name is "type" or "name" or "namespace")
            {
                continue;
            }

            if (property.Name != "fields")
            {
                property.WriteTo(writer);
                continue;
            }

            writer.WriteStartArray("fields");
            foreach (var field in property.Value.EnumerateArray())
            {
                WriteProperties(writer, field, type.Namespace, written);
            }

            writer.WriteEndArray();
        }

        writer.WriteEndObject();
    }

    private void WriteProperties(Utf8JsonWriter writer, JsonElement holder, string space, HashSet<string> written)
    {
        writer.WriteStartObject();
        foreach (var property in holder.EnumerateObject())
        {
            if (property.Name is "type" or "items" or "values")
            {
                writer.WritePropertyName(property.Name);
                Write(writer, property.Value, space, written);
            }
            else
            {
                property.WriteTo(writer);
            }
        }

        writer.WriteEndObject();
    }
}
