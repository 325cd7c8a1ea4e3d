using System.Text.Json;

namespace StreamDistill.Embedded.SchemaRegistry.Schemas;

/// <summary>The types of Avro 1.12.</summary>
internal enum AvroKind
{
    Null,
    Boolean,
    Int,
    Long,
    Float,
    Double,
    Bytes,
    String,
    Record,
    Enum,
    Fixed,
    Array,
    Map,
    Union,
}

/// <summary>A type in a parsed schema, with its attributes that Avro gives no meaning, sorted by name.</summary>
internal abstract class AvroType(AvroKind kind)
{
    public AvroKind Kind { get; } = kind;

    public IReadOnlyList<JsonProperty> Attributes { get; init; } = [];

    /// <summary>The type as it is called in messages.</summary>
    public virtual string Label => Kind.ToString().ToLowerInvariant();
}

internal sealed class PrimitiveType(AvroKind kind) : AvroType(kind);

internal sealed class ArrayType(AvroType items) : AvroType(AvroKind.Array)
{
    public AvroType Items { get; } = items;
}

internal sealed class MapType(AvroType values) : AvroType(AvroKind.Map)
{
    public AvroType Values { get; } = values;
}

internal sealed class UnionType(IReadOnlyList<AvroType> branches) : AvroType(AvroKind.Union)
{
    public IReadOnlyList<AvroType> Branches { get; } = branches;
}

/// <summary>A name with its namespace, which is empty for none.</summary>
internal readonly record struct AvroName(string Simple, string Namespace)
{
    public string Full => Namespace.Length == 0 ? Simple : $"{Namespace}.{Simple}";

    /// <summary>The name that a text means inside a namespace: one with dots has its own.</summary>
    public static AvroName Of(string text, string enclosing) =>
        text.LastIndexOf('.') is >= 0 and var dot ? new AvroName(text[(dot + 1)..], text[..dot]) : new AvroName(text, enclosing);
}

internal abstract class NamedType(AvroKind kind, AvroName name) : AvroType(kind)
{
    public AvroName Name { get; } = name;

    public string? Doc { get; init; }

    /// <summary>Full names.</summary>
    public IReadOnlyList<string> Aliases { get; init; } = [];

    public override string Label => $"{base.Label} {Name.Full}";
}

internal sealed class RecordType(AvroName name) : NamedType(AvroKind.Record, name)
{
    /// <summary>Set once the fields are parsed: they may refer to their own record.</summary>
    public IReadOnlyList<AvroField> Fields { get; set; } = [];
}

internal sealed class EnumType(AvroName name, IReadOnlyList<string> symbols) : NamedType(AvroKind.Enum, name)
{
    private readonly HashSet<string> set = [.. symbols];

    public IReadOnlyList<string> Symbols { get; } = symbols;

    /// <summary>The symbol that a reader takes for one it does not know.</summary>
    public string? Default { get; init; }

    public bool Has(string symbol) => set.Contains(symbol);
}

internal sealed class FixedType(AvroName name, int sizeBytes) : NamedType(AvroKind.Fixed, name)
{
    public int SizeBytes { get; } = sizeBytes;
}

internal sealed record AvroField(string Name, AvroType Type)
{
    /// <summary>Null where there is none; a default of null is an element.</summary>
    public JsonElement? Default { get; init; }

    public string? Doc { get; init; }

    public string? Order { get; init; }

    public IReadOnlyList<string> Aliases { get; init; } = [];

    public IReadOnlyList<JsonProperty> Attributes { get; init; } = [];
}
