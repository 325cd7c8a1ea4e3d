using System.Collections.Concurrent;
using System.Reflection;

namespace Avro.Specific;

/// <summary>Finds the CLR types of schemas, generated classes by their full names in whatever assembly is loaded.</summary>
public sealed class ObjectCreator
{
    private readonly ConcurrentDictionary<string, Type> typesByName = new();

    /// <summary>The one instance that datum readers use.</summary>
    public static ObjectCreator Instance { get; } = new();

    /// <summary>The type that values of the schema have in a generated class.</summary>
    /// <exception cref="AvroException">No loaded assembly has the type of a named schema.</exception>
    public Type GetType(Schema schema) => schema switch
    {
        ArraySchema array => typeof(List<>).MakeGenericType(GetItemType(array.ItemSchema)),
        MapSchema map => typeof(Dictionary<,>).MakeGenericType(typeof(string), GetItemType(map.ValueSchema)),
        _ => GetItemType(schema),
    };

    /// <summary>The type of that full name, as it is or as the item of an array or map.</summary>
    /// <exception cref="AvroException">No loaded assembly has it.</exception>
    public Type GetType(string name, Schema.Type schemaType)
    {
        Type type = Find(name);
        return schemaType switch
        {
            Schema.Type.Array => typeof(List<>).MakeGenericType(type),
            Schema.Type.Map => typeof(Dictionary<,>).MakeGenericType(typeof(string), type),
            _ => type,
        };
    }

    /// <summary>A new instance of the type of that full name, or an empty array or map of such.</summary>
    /// <exception cref="AvroException">No loaded assembly has the type.</exception>
    public object New(string name, Schema.Type schemaType) => Activator.CreateInstance(GetType(name, schemaType));

    /// <summary>The type that an item of an array or map has: collections within collections are interfaces.</summary>
    internal Type GetItemType(Schema schema, bool nullable = false) => schema switch
    {
        NamedSchema { Tag: Schema.Type.Enumeration } named => Nullable(Find(named.Fullname), nullable),
        NamedSchema named => Find(named.Fullname),
        LogicalSchema logical => logical.LogicalType.GetCSharpType(nullable),
        ArraySchema array => typeof(IList<>).MakeGenericType(GetItemType(array.ItemSchema)),
        MapSchema map => typeof(IDictionary<,>).MakeGenericType(typeof(string), GetItemType(map.ValueSchema)),
        UnionSchema union => NullableBranch(union) is { } branch ? GetItemType(branch, nullable: true) : typeof(object),
        _ => schema.Tag switch
        {
            Schema.Type.Boolean => Nullable(typeof(bool), nullable),
            Schema.Type.Int => Nullable(typeof(int), nullable),
            Schema.Type.Long => Nullable(typeof(long), nullable),
            Schema.Type.Float => Nullable(typeof(float), nullable),
            Schema.Type.Double => Nullable(typeof(double), nullable),
            Schema.Type.Bytes => typeof(byte[]),
            Schema.Type.String => typeof(string),
            _ => typeof(object),
        },
    };

    private static Type Nullable(Type type, bool nullable) => nullable ? typeof(Nullable<>).MakeGenericType(type) : type;

    private static Schema NullableBranch(UnionSchema union) => union.Count != 2 ? null
        : union[0].Tag == Schema.Type.Null ? union[1]
        : union[1].Tag == Schema.Type.Null ? union[0]
        : null;

    private Type Find(string name) => typesByName.GetOrAdd(name, static name =>
    {
        // Code generators put an @ before the parts of a name that are keywords of C#.
        string plain = name.Replace("@", "", StringComparison.Ordinal);
        Type type = Assembly.GetEntryAssembly()?.GetType(plain);
        foreach (Assembly assembly in AppDomain.CurrentDomain.GetAssemblies())
        {
            type ??= assembly.GetType(plain);
        }

        return type ?? throw new AvroException($"Unable to find type '{name}' in all loaded assemblies");
    });
}
