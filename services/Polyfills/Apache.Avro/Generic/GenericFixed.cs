namespace Avro.Generic;

/// <summary>The bytes of a fixed of any schema.</summary>
public class GenericFixed
{
    protected readonly byte[] value;

    private FixedSchema schema;

    /// <summary>Zeros.</summary>
    public GenericFixed(FixedSchema schema)
    {
        value = new byte[schema.Size];
        Schema = schema;
    }

    /// <summary>A copy of the bytes.</summary>
    /// <exception cref="AvroException">The schema is of another length.</exception>
    public GenericFixed(FixedSchema schema, byte[] value)
        : this(schema) => Value = value;

    protected GenericFixed(uint size) => value = new byte[size];

    /// <summary>The schema.</summary>
    /// <exception cref="AvroException">A schema of another length is set.</exception>
    public FixedSchema Schema
    {
        get => schema;
        set => schema = value.Size == this.value.Length
            ? value
            : throw new AvroException($"Schema {value.Name} Size {value.Size} is not equal to bytes length {this.value.Length}");
    }

    /// <summary>The bytes themselves; setting it copies the bytes in.</summary>
    /// <exception cref="AvroException">Bytes of another length are set.</exception>
    public byte[] Value
    {
        get => value;
        set
        {
            if (value.Length != this.value.Length)
            {
                throw new AvroException($"Invalid length for fixed: {value.Length}, ({Schema})");
            }

            value.CopyTo(this.value, 0);
        }
    }

    public override bool Equals(object obj) =>
        obj == this || (obj is GenericFixed other && Equals(other.Schema, Schema) && value.AsSpan().SequenceEqual(other.value));

    public override int GetHashCode()
    {
        var hash = new HashCode();
        hash.AddBytes(value);
        return hash.ToHashCode();
    }
}
