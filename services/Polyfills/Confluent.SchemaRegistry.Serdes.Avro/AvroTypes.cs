using Avro.Specific;
using Confluent.Kafka;

namespace Confluent.SchemaRegistry.Serdes;

/// <summary>The Avro schemas of .NET types, and Confluent's framing: a zero byte, then the schema's id, four bytes, big-endian.</summary>
internal static class AvroTypes
{
    public const byte Magic = 0;
    public const int FrameBytes = 5;

    /// <summary>The schema of a type.</summary>
    /// <exception cref="InvalidOperationException">The type has none.</exception>
    public static Avro.Schema SchemaOf(Type type, string serde)
    {
        if (typeof(ISpecificRecord).IsAssignableFrom(type))
        {
            return ((ISpecificRecord)Activator.CreateInstance(type)).Schema;
        }

        var name =
            type == typeof(int) ? "int"
            : type == typeof(bool) ? "boolean"
            : type == typeof(double) ? "double"
            : type == typeof(string) ? "string"
            : type == typeof(float) ? "float"
            : type == typeof(long) ? "long"
            : type == typeof(byte[]) ? "bytes"
            : type == typeof(Null) ? "null"
            : throw new InvalidOperationException(
                $"{serde} only accepts type parameters of int, bool, double, string, float, long, byte[], " +
                "instances of ISpecificRecord and subclasses of SpecificFixed.");
        return Avro.Schema.Parse(name);
    }

    /// <summary>Parses a registered schema, with the schemas it refers to.</summary>
    public static async Task<Avro.Schema> ParseAsync(Schema schema, ISchemaRegistryClient client)
    {
        var names = new Avro.SchemaNames();
        foreach (var reference in schema.References ?? [])
        {
            await AddAsync(reference, names, client).ConfigureAwait(false);
        }

        return Avro.Schema.Parse(schema.SchemaString, names);
    }

    private static async Task AddAsync(SchemaReference reference, Avro.SchemaNames names, ISchemaRegistryClient client)
    {
        var schema = await client.GetRegisteredSchemaAsync(reference.Subject, reference.Version, false).ConfigureAwait(false);
        foreach (var inner in schema.References)
        {
            await AddAsync(inner, names, client).ConfigureAwait(false);
        }

        // Parsing adds every name that the schema defines; one that another reference defined already would be refused.
        if (!names.Names.Keys.Any(name => name.Fullname == reference.Name))
        {
            Avro.Schema.Parse(schema.SchemaString, names);
        }
    }
}
