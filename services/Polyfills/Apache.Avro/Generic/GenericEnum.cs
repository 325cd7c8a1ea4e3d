namespace Avro.Generic;

/// <summary>A symbol of an enum of any schema.</summary>
public class GenericEnum
{
    private string symbol;

    /// <exception cref="AvroException">The enum has neither the symbol nor a default.</exception>
    public GenericEnum(EnumSchema schema, string value)
    {
        Schema = schema;
        Value = value;
    }

    public EnumSchema Schema { get; }

    /// <summary>The symbol; one that the enum does not have becomes the enum's default.</summary>
    /// <exception cref="AvroException">The enum has neither the symbol nor a default.</exception>
    public string Value
    {
        get => symbol;
        set => symbol = Schema.Contains(value)
            ? value
            : Schema.Default ?? throw new AvroException($"Unknown value for enum: {value}({Schema})");
    }

    public override bool Equals(object obj) => obj == this || (obj is GenericEnum other && other.Value == Value);

    public override int GetHashCode() => 17 * Value.GetHashCode(StringComparison.Ordinal);

    public override string ToString() => $"Schema: {Schema}, value: {Value}";
}
