using Newtonsoft.Json;

namespace Avro;

/// <summary>An enumeration.</summary>
public class EnumSchema : NamedSchema
{
    private readonly Dictionary<string, int> ordinals = [];

    internal EnumSchema(
        SchemaName name, IList<SchemaName> aliases, List<string> symbols, PropertyMap props, SchemaNames names, string doc, string defaultSymbol)
        : base(Type.Enumeration, name, aliases, props, names, doc)
    {
        Symbols = symbols;
        Default = defaultSymbol;
        foreach (string symbol in symbols)
        {
            if (!ordinals.TryAdd(symbol, ordinals.Count))
            {
                throw new SchemaParseException($"Duplicate symbol: {symbol}");
            }
        }

        if (defaultSymbol != null && !ordinals.ContainsKey(defaultSymbol))
        {
            throw new SchemaParseException($"Default symbol: {defaultSymbol} not found in symbols");
        }
    }

    /// <summary>The symbols in the order of their ordinals.</summary>
    public IList<string> Symbols { get; }

    /// <summary>What stands for a symbol that this schema does not have; null when nothing does.</summary>
    public string Default { get; }

    /// <summary>How many symbols there are.</summary>
    public int Count => Symbols.Count;

    /// <summary>The symbol at the ordinal.</summary>
    /// <exception cref="AvroException">There is no such ordinal.</exception>
    public string this[int index] => (uint)index < (uint)Symbols.Count
        ? Symbols[index]
        : throw new AvroException($"Enumeration out of range. Must be less than {Symbols.Count}, but is {index}");

    /// <summary>The ordinal of the symbol, or of the default where the symbol is not one of these.</summary>
    /// <exception cref="AvroException">There is neither such a symbol nor a default.</exception>
    public int Ordinal(string symbol)
    {
        if (ordinals.TryGetValue(symbol, out int ordinal) || (Default != null && ordinals.TryGetValue(Default, out ordinal)))
        {
            return ordinal;
        }

        throw new AvroException($"No such symbol: {symbol}");
    }

    /// <summary>Whether the symbol is one of these.</summary>
    public bool Contains(string symbol) => ordinals.ContainsKey(symbol);

    public IEnumerator<string> GetEnumerator() => Symbols.GetEnumerator();

    // Symbols are not compared here: one that is missing matters only where it is met in the data.
    public override bool CanRead(Schema writerSchema) => writerSchema is EnumSchema that && Answers(that.SchemaName);

    public override bool Equals(object obj) =>
        obj == this
        || (obj is EnumSchema that && SchemaName.Equals(that.SchemaName) && Symbols.SequenceEqual(that.Symbols) && Equals(that.Props, Props));

    public override int GetHashCode() => SchemaName.GetHashCode() + Count;

    private protected override void WriteJsonFields(JsonWriter writer, SchemaNames names, string encspace)
    {
        base.WriteJsonFields(writer, names, encspace);
        writer.WriteStrings("symbols", Symbols);
        if (Default != null)
        {
            writer.WritePropertyName("default");
            writer.WriteValue(Default);
        }
    }
}
