using System.Runtime.CompilerServices;

namespace Avro;

/// <summary>Two records as the key of what is known of them together; by identity, because to compare records is what it is needed for.</summary>
internal readonly struct RecordPair(RecordSchema first, RecordSchema second) : IEquatable<RecordPair>
{
    private readonly RecordSchema first = first;
    private readonly RecordSchema second = second;

    public bool Equals(RecordPair other) => ReferenceEquals(first, other.first) && ReferenceEquals(second, other.second);

    public override bool Equals(object obj) => obj is RecordPair other && Equals(other);

    public override int GetHashCode() => HashCode.Combine(RuntimeHelpers.GetHashCode(first), RuntimeHelpers.GetHashCode(second));
}
