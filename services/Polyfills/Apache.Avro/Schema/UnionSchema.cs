using Newtonsoft.Json;

namespace Avro;

/// <summary>A union: a value of exactly one of its branches.</summary>
public class UnionSchema : UnnamedSchema
{
    internal UnionSchema(List<Schema> schemas, PropertyMap props)
        : base(Type.Union, props) => Schemas = schemas;

    /// <summary>The branches, in the order of their indices.</summary>
    public IList<Schema> Schemas { get; }

    /// <summary>How many branches there are.</summary>
    public int Count => Schemas.Count;

    /// <summary>The branch at the index.</summary>
    public Schema this[int index] => Schemas[index];

    /// <summary>The index of the branch to read data of the given schema with: an equal one first, then one that can read it; -1 when there is none.</summary>
    /// <exception cref="AvroException">The given schema is itself a union.</exception>
    public int MatchingBranch(Schema s)
    {
        if (s is UnionSchema)
        {
            throw new AvroException("Cannot find a match against union schema");
        }

        for (int i = 0; i < Count; i++)
        {
            if (Schemas[i].Equals(s))
            {
                return i;
            }
        }

        for (int i = 0; i < Count; i++)
        {
            if (Schemas[i].CanRead(s))
            {
                return i;
            }
        }

        return -1;
    }

    public override bool CanRead(Schema writerSchema) => writerSchema is UnionSchema || MatchingBranch(writerSchema) >= 0;

    public override bool Equals(object obj) =>
        obj == this || (obj is UnionSchema that && Schemas.SequenceEqual(that.Schemas) && Equals(that.Props, Props));

    public override int GetHashCode()
    {
        int hash = 53;
        foreach (Schema schema in Schemas)
        {
            hash = (89 * hash) + schema.GetHashCode();
        }

        return hash;
    }

    internal override void WriteJson(JsonWriter writer, SchemaNames names, string encspace)
    {
        NestingDepth.Check();
        writer.WriteStartArray();
        foreach (Schema schema in Schemas)
        {
            schema.WriteJson(writer, names, encspace);
        }

        writer.WriteEndArray();
    }
}
