namespace Confluent.SchemaRegistry;

/// <summary>A schema with its place in the registry.</summary>
public class RegisteredSchema : Schema, IComparable<RegisteredSchema>, IEquatable<RegisteredSchema>
{
    internal RegisteredSchema()
    {
    }

    /// <summary>A registered schema.</summary>
    public RegisteredSchema(
        string subject, int version, int id, string schemaString, SchemaType schemaType, List<SchemaReference> references)
        : base(schemaString, references, schemaType)
    {
        if (string.IsNullOrEmpty(schemaString))
        {
            throw new ArgumentNullException(nameof(schemaString));
        }

        ArgumentOutOfRangeException.ThrowIfNegative(version);
        ArgumentOutOfRangeException.ThrowIfNegative(id);
        Subject = subject;
        Version = version;
        Id = id;
    }

    /// <summary>The subject it is registered under.</summary>
    public string Subject { get; set; }

    /// <summary>Its version within the subject, from 1; 0 where an old registry did not say.</summary>
    public int Version { get; set; }

    /// <summary>Its id in the whole registry.</summary>
    public int Id { get; set; }

    /// <summary>The schema without its place.</summary>
    public Schema Schema => new(SchemaString, References ?? [], SchemaType);

    /// <inheritdoc />
    public override bool Equals(object obj) => obj != null && GetType() == obj.GetType() && Equals((RegisteredSchema)obj);

    /// <summary>Whether schema and place are the same.</summary>
    public bool Equals(RegisteredSchema other) =>
        base.Equals(other) && Version == other.Version && Id == other.Id && Subject == other.Subject;

    /// <inheritdoc />
    public override int GetHashCode() => HashCode.Combine(base.GetHashCode(), Subject, Version, Id);

    /// <summary>Orders by subject and version.</summary>
    public int CompareTo(RegisteredSchema other)
    {
        var bySubject = string.CompareOrdinal(Subject, other.Subject);
        return bySubject != 0 ? bySubject : Version.CompareTo(other.Version);
    }

    /// <inheritdoc />
    public override string ToString() =>
        $"{{length={SchemaString.Length}, subject={Subject}, version={Version}, id={Id}, type={SchemaType}, dependencies={References.Count}}}";
}
