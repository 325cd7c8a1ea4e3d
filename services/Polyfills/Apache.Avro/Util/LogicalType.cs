namespace Avro.Util;

/// <summary>Converts between a logical value and the value that it is encoded as.</summary>
public abstract class LogicalType
{
    /// <param name="name">The name by which schemas refer to it.</param>
    protected LogicalType(string name) => Name = name;

    /// <summary>The name by which schemas refer to it.</summary>
    public string Name { get; }

    /// <summary>Refuses a schema that the logical type cannot be on.</summary>
    /// <exception cref="AvroTypeException">The base schema or an attribute is wrong.</exception>
    public virtual void ValidateSchema(LogicalSchema schema)
    {
    }

    /// <summary>The value to encode.</summary>
    public abstract object ConvertToBaseValue(object logicalValue, LogicalSchema schema);

    /// <summary>The value that was encoded.</summary>
    public abstract object ConvertToLogicalValue(object baseValue, LogicalSchema schema);

    /// <summary>The CLR type of the logical values.</summary>
    public abstract Type GetCSharpType(bool nullible);

    /// <summary>Whether the value is one of this logical type.</summary>
    public abstract bool IsInstanceOfLogicalType(object logicalValue);
}

/// <summary>The logical types that schemas can refer to.</summary>
public class LogicalTypeFactory
{
    private readonly System.Collections.Concurrent.ConcurrentDictionary<string, LogicalType> types = new();

    private LogicalTypeFactory()
    {
        Register(new Decimal());
        Register(new Uuid());
        Register(new Date());
        Register(new TimeMillisecond());
        Register(new TimeMicrosecond());
        Register(new TimestampMillisecond());
        Register(new TimestampMicrosecond());
        Register(new LocalTimestampMillisecond());
        Register(new LocalTimestampMicrosecond());
    }

    /// <summary>The one factory of the process.</summary>
    public static LogicalTypeFactory Instance { get; } = new();

    /// <summary>Adds a logical type, or replaces the one of the same name.</summary>
    public void Register(LogicalType logicalType) => types[logicalType.Name] = logicalType;

    /// <summary>The logical type of the schema.</summary>
    /// <returns>Null only where <paramref name="ignoreInvalidOrUnknown"/> is set and the type is unknown or does not fit.</returns>
    /// <exception cref="AvroTypeException">The type is unknown or does not fit.</exception>
    public LogicalType GetFromLogicalSchema(LogicalSchema schema, bool ignoreInvalidOrUnknown = false)
    {
        try
        {
            if (!types.TryGetValue(schema.LogicalTypeName, out LogicalType type))
            {
                throw new AvroTypeException($"Logical type '{schema.LogicalTypeName}' is not supported.");
            }

            type.ValidateSchema(schema);
            return type;
        }
        catch (AvroTypeException) when (ignoreInvalidOrUnknown)
        {
            return null;
        }
    }
}
