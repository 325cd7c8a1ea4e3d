using Newtonsoft.Json;

namespace Avro;

/// <summary>The name of a record, enum or fixed: its own name and the namespace it is in.</summary>
public class SchemaName
{
    /// <param name="name">Simple or dotted; the part before the last dot of a dotted name is its namespace. Null for an anonymous type.</param>
    /// <param name="space">The namespace given beside a simple name, or null.</param>
    /// <param name="encspace">The namespace of the enclosing type, used when no other is given.</param>
    /// <param name="documentation">The type's doc, or null.</param>
    public SchemaName(string name, string space, string encspace, string documentation)
    {
        int dot = name == null ? -1 : name.LastIndexOf('.');
        Name = dot < 0 ? name : name[(dot + 1)..];
        Space = name == null ? null : dot < 0 ? space : name[..dot];
        EncSpace = encspace;
        Documentation = documentation;
        Fullname = string.IsNullOrEmpty(Namespace) ? Name : Namespace + "." + Name;
    }

    /// <summary>The name without its namespace; null for an anonymous type.</summary>
    public string Name { get; }

    /// <summary>The namespace that the name itself gives, or null.</summary>
    public string Space { get; }

    /// <summary>The namespace of the enclosing type, or null.</summary>
    public string EncSpace { get; }

    /// <summary>The type's doc, or null.</summary>
    public string Documentation { get; }

    /// <summary>Namespace and name, dotted.</summary>
    public string Fullname { get; }

    /// <summary>The namespace that applies: the name's own, else the enclosing one.</summary>
    public string Namespace => string.IsNullOrEmpty(Space) ? EncSpace : Space;

    public override string ToString() => Fullname;

    public override bool Equals(object obj) =>
        obj == this || (obj is SchemaName that && that.Name == Name && that.Namespace == Namespace);

    public override int GetHashCode() => string.IsNullOrEmpty(Fullname) ? 0 : Fullname.GetHashCode(StringComparison.Ordinal);

    internal void WriteJson(JsonWriter writer)
    {
        if (Name == null)
        {
            return;
        }

        writer.WriteNotEmpty("name", Name);
        if (Documentation != null)
        {
            writer.WritePropertyName("doc");
            writer.WriteValue(Documentation);
        }

        writer.WriteNotEmpty("namespace", Namespace);
    }
}

/// <summary>The named types that a parse has met so far; pass one to several parses to let them refer to each other's types.</summary>
public class SchemaNames
{
    /// <summary>The types by name.</summary>
    public IDictionary<SchemaName, NamedSchema> Names { get; } = new Dictionary<SchemaName, NamedSchema>();

    /// <summary>Whether the name is taken.</summary>
    public bool Contains(SchemaName name) => Names.ContainsKey(name);

    /// <summary>Adds the type under the name; false when the name is taken.</summary>
    public bool Add(SchemaName name, NamedSchema schema) => Names.TryAdd(name, schema);

    /// <summary>Adds the type under its own name; false when the name is taken.</summary>
    public bool Add(NamedSchema schema) => Add(schema.SchemaName, schema);

    /// <summary>Finds the type that the name means in the given namespaces.</summary>
    public bool TryGetValue(string name, string space, string encspace, string documentation, out NamedSchema schema) =>
        Names.TryGetValue(new SchemaName(name, space, encspace, documentation), out schema);

    public IEnumerator<KeyValuePair<SchemaName, NamedSchema>> GetEnumerator() => Names.GetEnumerator();
}
