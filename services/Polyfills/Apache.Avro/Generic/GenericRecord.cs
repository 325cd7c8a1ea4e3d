using System.Collections;
using System.Text;

namespace Avro.Generic;

/// <summary>A record of any schema.</summary>
public class GenericRecord : IEquatable<GenericRecord>
{
    private readonly object[] contents;

    public GenericRecord(RecordSchema schema)
    {
        Schema = schema;
        contents = new object[schema.Count];
    }

    public RecordSchema Schema { get; }

    /// <summary>The value of the field.</summary>
    /// <exception cref="KeyNotFoundException">There is no such field.</exception>
    public object this[string fieldName] =>
        TryGetValue(fieldName, out object value) ? value : throw new KeyNotFoundException("Key name: " + fieldName);

    /// <summary>Sets the value of the field.</summary>
    /// <exception cref="AvroException">There is no such field.</exception>
    public void Add(string fieldName, object fieldValue)
    {
        if (!Schema.TryGetField(fieldName, out Field field))
        {
            throw new AvroException("No such field: " + fieldName);
        }

        contents[field.Pos] = fieldValue;
    }

    /// <summary>Sets the value of the field at the position.</summary>
    public void Add(int fieldPos, object fieldValue) => contents[fieldPos] = fieldValue;

    /// <summary>The value of the field at the position.</summary>
    public object GetValue(int fieldPos) => contents[fieldPos];

    /// <summary>Gets the value of a field; false when there is no such field.</summary>
    public bool TryGetValue(string fieldName, out object result)
    {
        bool found = Schema.TryGetField(fieldName, out Field field);
        result = found ? contents[field.Pos] : null;
        return found;
    }

    /// <summary>Gets the value of the field at the position; false when there is no such field.</summary>
    public bool TryGetValue(int fieldPos, out object result)
    {
        bool found = fieldPos < contents.Length;
        result = found ? contents[fieldPos] : null;
        return found;
    }

    public bool Equals(GenericRecord other) => other != null && Schema.Equals(other.Schema) && ArraysEqual(contents, other.contents);

    public override bool Equals(object obj) => obj == this || (obj is GenericRecord other && Equals(other));

    // Contents change and may hold cycles, so equal records are only sure to have equal schemas.
    public override int GetHashCode() => Schema.GetHashCode();

    public override string ToString()
    {
        var text = new StringBuilder("Schema: ").Append(Schema).Append(", contents: { ");
        foreach (Field field in Schema.Fields)
        {
            text.Append(field.Name).Append(": ").Append(contents[field.Pos]).Append(", ");
        }

        return text.Append('}').ToString();
    }

    private static bool ValuesEqual(object left, object right) => (left, right) switch
    {
        (Array a, Array b) => ArraysEqual(a, b),
        (IDictionary a, IDictionary b) => MapsEqual(a, b),
        _ => Equals(left, right),
    };

    private static bool ArraysEqual(Array left, Array right)
    {
        if (left.Length != right.Length)
        {
            return false;
        }

        for (int i = 0; i < left.Length; i++)
        {
            if (!ValuesEqual(left.GetValue(i), right.GetValue(i)))
            {
                return false;
            }
        }

        return true;
    }

    private static bool MapsEqual(IDictionary left, IDictionary right)
    {
        if (left.Count != right.Count)
        {
            return false;
        }

        foreach (DictionaryEntry entry in left)
        {
            if (!right.Contains(entry.Key) || !ValuesEqual(entry.Value, right[entry.Key]))
            {
                return false;
            }
        }

        return true;
    }
}
