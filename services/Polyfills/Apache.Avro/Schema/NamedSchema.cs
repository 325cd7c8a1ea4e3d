using Newtonsoft.Json;

namespace Avro;

/// <summary>A record, error, enum or fixed.</summary>
public abstract class NamedSchema : Schema
{
    private readonly IList<SchemaName> aliases;

    private protected NamedSchema(Type type, SchemaName name, IList<SchemaName> aliases, PropertyMap props, SchemaNames names, string doc)
        : base(type, props)
    {
        if (name.Name == null)
        {
            throw new SchemaParseException($"name cannot be null for {GetTypeString(type)} schema.");
        }

        SchemaName = name;
        Documentation = doc;
        this.aliases = aliases;
        if (!names.Add(this))
        {
            throw new SchemaParseException("Duplicate schema name " + name.Fullname);
        }
    }

    /// <summary>The name with its namespace.</summary>
    public SchemaName SchemaName { get; }

    public override string Name => SchemaName.Name;

    /// <summary>The namespace; null or empty when it has none.</summary>
    public string Namespace => SchemaName.Namespace;

    public override string Fullname => SchemaName.Fullname;

    /// <summary>The doc of the schema, or null.</summary>
    public string Documentation { get; }

    /// <summary>Whether data of a type of that name is data of this type.</summary>
    private protected bool Answers(SchemaName name) =>
        name.Equals(SchemaName) || (aliases != null && aliases.Contains(name));

    // A type is written in full where it is first met, and by its name from then on.
    internal override void WriteJson(JsonWriter writer, SchemaNames names, string encspace)
    {
        if (names.Add(this))
        {
            base.WriteJson(writer, names, encspace);
        }
        else
        {
            writer.WriteValue(Namespace == encspace ? Name : Namespace + "." + Name);
        }
    }

    private protected override void WriteJsonFields(JsonWriter writer, SchemaNames names, string encspace)
    {
        SchemaName.WriteJson(writer);
        if (aliases != null)
        {
            writer.WriteStrings("aliases", aliases.Select(alias => alias.Space == null ? alias.Name : alias.Space + "." + alias.Name));
        }
    }
}

/// <summary>A byte string of a given length.</summary>
public class FixedSchema : NamedSchema
{
    internal FixedSchema(SchemaName name, IList<SchemaName> aliases, int size, PropertyMap props, SchemaNames names, string doc)
        : base(Type.Fixed, name, aliases, props, names, doc)
    {
        if (size <= 0)
        {
            throw new SchemaParseException($"size of {name} must be greater than zero, but is {size}.");
        }

        Size = size;
    }

    /// <summary>The length in bytes.</summary>
    public int Size { get; set; }

    public override bool CanRead(Schema writerSchema) =>
        writerSchema is FixedSchema that && that.Size == Size && Answers(that.SchemaName);

    public override bool Equals(object obj) =>
        obj == this || (obj is FixedSchema that && SchemaName.Equals(that.SchemaName) && Size == that.Size && Equals(that.Props, Props));

    public override int GetHashCode() => (53 * SchemaName.GetHashCode()) + Size;

    private protected override void WriteJsonFields(JsonWriter writer, SchemaNames names, string encspace)
    {
        base.WriteJsonFields(writer, names, encspace);
        writer.WritePropertyName("size");
        writer.WriteValue(Size);
    }
}
