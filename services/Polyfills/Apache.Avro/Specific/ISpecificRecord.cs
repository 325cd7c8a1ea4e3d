using Avro.Generic;

namespace Avro.Specific;

/// <summary>A class that is generated from a record's schema.</summary>
public interface ISpecificRecord
{
    /// <summary>The record's schema.</summary>
    Schema Schema { get; }

    /// <summary>The value of the field at the position.</summary>
    object Get(int fieldPos);

    /// <summary>Sets the value of the field at the position. An enum comes as its ordinal, an int.</summary>
    void Put(int fieldPos, object fieldValue);
}

/// <summary>The base of a class that is generated from a fixed's schema.</summary>
public abstract class SpecificFixed : GenericFixed
{
    /// <param name="size">The length in bytes.</param>
    protected SpecificFixed(uint size)
        : base(size)
    {
    }

    public new abstract Schema Schema { get; }

    public override bool Equals(object obj) =>
        obj == this || (obj != null && obj.GetType() == GetType() && value.AsSpan().SequenceEqual(((SpecificFixed)obj).value));

    public override int GetHashCode() => base.GetHashCode();
}
