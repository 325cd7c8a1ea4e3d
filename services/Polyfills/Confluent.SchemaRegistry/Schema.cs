namespace Confluent.SchemaRegistry;

/// <summary>The language of a schema.</summary>
public enum SchemaType
{
    /// <summary>Avro.</summary>
    Avro,

    /// <summary>Protocol Buffers.</summary>
    Protobuf,

    /// <summary>JSON Schema.</summary>
    Json,
}

/// <summary>A schema as text, with the registered schemas it refers to.</summary>
public class Schema : IComparable<Schema>, IEquatable<Schema>
{
    internal Schema()
    {
    }

    /// <summary>A schema that refers to registered ones.</summary>
    public Schema(string schemaString, List<SchemaReference> references, SchemaType schemaType)
    {
        SchemaString = schemaString;
        References = references;
        SchemaType = schemaType;
    }

    /// <summary>A schema that stands alone.</summary>
    public Schema(string schemaString, SchemaType schemaType)
        : this(schemaString, [], schemaType)
    {
    }

    /// <summary>The schema's text.</summary>
    public string SchemaString { get; set; }

    /// <summary>The registered schemas that the text refers to by name.</summary>
    public List<SchemaReference> References { get; set; }

    /// <summary>The schema's language.</summary>
    public SchemaType SchemaType { get; set; }

    /// <inheritdoc />
    public override bool Equals(object obj) => obj != null && GetType() == obj.GetType() && Equals((Schema)obj);

    /// <summary>Whether text and references are the same.</summary>
    public bool Equals(Schema other) =>
        other != null && SchemaString == other.SchemaString && SameReferences(References, other.References);

    /// <inheritdoc />
    public override int GetHashCode()
    {
        var hash = new HashCode();
        hash.Add(SchemaString);
        foreach (var reference in References ?? [])
        {
            hash.Add(reference);
        }

        return hash.ToHashCode();
    }

    /// <summary>Orders by text.</summary>
    public int CompareTo(Schema other) => string.CompareOrdinal(SchemaString, other.SchemaString);

    /// <inheritdoc />
    public override string ToString() => $"{{length={SchemaString.Length}, type={SchemaType}, references={References.Count}}}";

    private static bool SameReferences(List<SchemaReference> a, List<SchemaReference> b) =>
        ReferenceEquals(a, b) || (a != null && b != null && a.SequenceEqual(b));
}

/// <summary>A name used in a schema, and the registered version that defines it.</summary>
public class SchemaReference : IComparable<SchemaReference>, IEquatable<SchemaReference>
{
    /// <summary>A reference to a version of a subject.</summary>
    public SchemaReference(string name, string subject, int version)
    {
        if (string.IsNullOrEmpty(name))
        {
            throw new ArgumentNullException(nameof(name));
        }

        if (string.IsNullOrEmpty(subject))
        {
            throw new ArgumentNullException(nameof(subject));
        }

        ArgumentOutOfRangeException.ThrowIfNegative(version);
        Name = name;
        Subject = subject;
        Version = version;
    }

    /// <summary>The name, for Avro the full name of the type.</summary>
    public string Name { get; set; }

    /// <summary>The subject under which the type is registered.</summary>
    public string Subject { get; set; }

    /// <summary>The version within the subject.</summary>
    public int Version { get; set; }

    /// <inheritdoc />
    public override bool Equals(object obj) => obj != null && GetType() == obj.GetType() && Equals((SchemaReference)obj);

    /// <summary>Whether name, subject and version are the same.</summary>
    public bool Equals(SchemaReference other) =>
        other != null && Version == other.Version && Subject == other.Subject && Name == other.Name;

    /// <inheritdoc />
    public override int GetHashCode() => HashCode.Combine(Name, Subject, Version);

    /// <summary>Orders by name, subject and version.</summary>
    public int CompareTo(SchemaReference other) =>
        (Name, Subject, Version).CompareTo((other.Name, other.Subject, other.Version));

    /// <inheritdoc />
    public override string ToString() => $"{{name={Name}, subject={Subject}, version={Version}}}";
}
