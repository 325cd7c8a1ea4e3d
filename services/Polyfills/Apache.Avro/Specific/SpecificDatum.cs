using Avro.Generic;
using Avro.IO;
using Avro.Resolution;

namespace Avro.Specific;

/// <summary>Reads records as the classes that <see cref="ObjectCreator"/> finds by their full names, arrays as List, maps as Dictionary.</summary>
public class SpecificDatumReader<T> : PreresolvingDatumReader<T>
{
    /// <exception cref="AvroException">Data of the one schema cannot be read with the other, or a type was not found.</exception>
    public SpecificDatumReader(Schema writerSchema, Schema readerSchema)
        : base(writerSchema, readerSchema, specific: true)
    {
    }
}

/// <summary>Writes what <see cref="SpecificDatumReader{T}"/> reads; any IList is an array, any IDictionary a map.</summary>
public class SpecificDatumWriter<T> : PreresolvingDatumWriter<T>
{
    public SpecificDatumWriter(Schema schema)
        : base(schema, specific: true)
    {
    }
}

/// <summary>Reads records as the classes that <see cref="ObjectCreator"/> finds by their full names, arrays as List, maps as Dictionary.</summary>
public class SpecificReader<T> : DatumReader<T>
{
    private readonly ItemReader reader;

    /// <exception cref="AvroException">Data of the one schema cannot be read with the other, or a type was not found.</exception>
    public SpecificReader(Schema writerSchema, Schema readerSchema)
    {
        WriterSchema = writerSchema;
        ReaderSchema = readerSchema;
        reader = ReaderResolver.Resolve(writerSchema, readerSchema, specific: true);
    }

    public Schema WriterSchema { get; }

    public Schema ReaderSchema { get; }

    /// <summary>The next datum.</summary>
    /// <exception cref="AvroException">The bytes are not such a datum, or it cannot be read with the reader's schema.</exception>
    public T Read(T reuse, Decoder dec) => (T)reader.ReadDatum(reuse, dec);
}

/// <summary>Writes what <see cref="SpecificReader{T}"/> reads; any IList is an array, any IDictionary a map.</summary>
public class SpecificWriter<T> : GenericWriter<T>
{
    public SpecificWriter(Schema schema)
        : base(schema, specific: true)
    {
    }
}
