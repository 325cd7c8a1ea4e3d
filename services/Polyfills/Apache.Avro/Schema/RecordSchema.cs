using Newtonsoft.Json;

namespace Avro;

/// <summary>A record or error.</summary>
public class RecordSchema : NamedSchema
{
    // Records refer to each other, and to themselves. What the outermost call has already asked is kept until it returns:
    // it ends the recursion, and a schema that refers to its types many times over is still compared once per pair.
    [ThreadStatic]
    private static HashSet<RecordPair> equalPairs;

    [ThreadStatic]
    private static Dictionary<RecordPair, bool> readablePairs;

    private readonly Dictionary<string, Field> fieldsByName = [];
    private readonly Dictionary<string, Field> fieldsByNameOrAlias = [];

    internal RecordSchema(Type type, SchemaName name, IList<SchemaName> aliases, PropertyMap props, SchemaNames names, string doc)
        : base(type, name, aliases, props, names, doc)
    {
    }

    /// <summary>The fields in the order of their positions.</summary>
    public List<Field> Fields { get; } = [];

    /// <summary>How many fields there are.</summary>
    public int Count => Fields.Count;

    /// <summary>The field of that name, or null.</summary>
    public Field this[string name] => string.IsNullOrEmpty(name)
        ? throw new ArgumentNullException(nameof(name))
        : fieldsByName.GetValueOrDefault(name);

    /// <summary>Whether there is a field of that name.</summary>
    public bool Contains(string fieldName) => fieldsByName.ContainsKey(fieldName);

    /// <summary>Finds a field by its name.</summary>
    public bool TryGetField(string fieldName, out Field field) => fieldsByName.TryGetValue(fieldName, out field);

    /// <summary>Finds a field by its name or one of its aliases.</summary>
    public bool TryGetFieldAlias(string fieldName, out Field field) => fieldsByNameOrAlias.TryGetValue(fieldName, out field);

    public IEnumerator<Field> GetEnumerator() => Fields.GetEnumerator();

    /// <summary>Adds the next field. A record exists before its fields do, so that they can refer to it.</summary>
    internal void AddField(Field field)
    {
        bool added = fieldsByName.TryAdd(field.Name, field) && fieldsByNameOrAlias.TryAdd(field.Name, field);
        foreach (string name in field.Aliases ?? [])
        {
            added &= fieldsByNameOrAlias.TryAdd(name, field);
        }

        if (!added)
        {
            throw new SchemaParseException($"field or alias {field.Name} is a duplicate name in {Fullname}");
        }

        Fields.Add(field);
    }

    public override bool CanRead(Schema writerSchema)
    {
        if (writerSchema is not RecordSchema writer)
        {
            return false;
        }

        var pair = new RecordPair(this, writer);
        bool outermost = readablePairs == null;
        readablePairs ??= [];
        try
        {
            if (!readablePairs.TryGetValue(pair, out bool readable))
            {
                NestingDepth.Check();
                readablePairs.Add(pair, true);
                readable = Answers(writer.SchemaName) && Fields.TrueForAll(field => CanReadField(field, writer));
                readablePairs[pair] = readable;
            }

            return readable;
        }
        finally
        {
            readablePairs = outermost ? null : readablePairs;
        }
    }

    private static bool CanReadField(Field field, RecordSchema writer)
    {
        Field written = writer[field.Name] ?? field.Aliases?.Select(alias => writer[alias]).FirstOrDefault(found => found != null);
        return written == null ? field.DefaultValue != null : field.Schema.CanRead(written.Schema);
    }

    public override bool Equals(object obj)
    {
        if (obj == this)
        {
            return true;
        }

        if (obj is not RecordSchema that || !SchemaName.Equals(that.SchemaName) || Count != that.Count || !Equals(that.Props, Props))
        {
            return false;
        }

        bool outermost = equalPairs == null;
        equalPairs ??= [];
        try
        {
            // Equality is one conjunction, so a pair that has been asked is either equal or has made the answer false.
            if (!equalPairs.Add(new RecordPair(this, that)))
            {
                return true;
            }

            NestingDepth.Check();
            return Fields.SequenceEqual(that.Fields);
        }
        finally
        {
            equalPairs = outermost ? null : equalPairs;
        }
    }

    public override int GetHashCode() => SchemaName.GetHashCode() + (29 * Count);

    private protected override void WriteJsonFields(JsonWriter writer, SchemaNames names, string encspace)
    {
        base.WriteJsonFields(writer, names, encspace);
        writer.WritePropertyName("fields");
        writer.WriteStartArray();
        foreach (Field field in Fields)
        {
            field.WriteJson(writer, names, Namespace);
        }

        writer.WriteEndArray();
    }
}
