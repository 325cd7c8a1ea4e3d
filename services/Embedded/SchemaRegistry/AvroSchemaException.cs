using StreamDistill.Contracts;

namespace StreamDistill.Embedded.SchemaRegistry;

/// <summary>A text is not an Avro schema. The message says what is wrong, and where as a JSON pointer.</summary>
public sealed class AvroSchemaException(string message, Exception? innerException = null)
    : StreamDistillException(message, isTransient: false, innerException);
