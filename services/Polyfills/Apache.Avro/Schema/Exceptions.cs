namespace Avro;

/// <summary>The root of everything that Avro throws about schemas and data.</summary>
public class AvroException : Exception
{
    public AvroException() { }
    public AvroException(string s) : base(s) { }
    public AvroException(string s, Exception inner) : base(s, inner) { }
}

/// <summary>A value or schema is not of the type that is wanted.</summary>
public class AvroTypeException : AvroException
{
    public AvroTypeException() { }
    public AvroTypeException(string s) : base(s) { }
    public AvroTypeException(string message, Exception innerException) : base(message, innerException) { }
}

/// <summary>A container file or codec is unusable.</summary>
public class AvroRuntimeException : AvroException
{
    public AvroRuntimeException() { }
    public AvroRuntimeException(string s) : base(s) { }
    public AvroRuntimeException(string s, Exception inner) : base(s, inner) { }
}

/// <summary>A schema's JSON does not say a valid schema.</summary>
public class SchemaParseException : AvroException
{
    public SchemaParseException() { }
    public SchemaParseException(string s) : base(s) { }
    public SchemaParseException(string message, Exception innerException) : base(message, innerException) { }
}
