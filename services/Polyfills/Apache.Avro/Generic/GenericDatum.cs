using Avro.IO;
using Avro.Resolution;

namespace Avro.Generic;

/// <summary>Reads records as <see cref="GenericRecord"/>, arrays as object[], maps as Dictionary&lt;string, object&gt;.</summary>
public class GenericDatumReader<T> : PreresolvingDatumReader<T>
{
    /// <exception cref="AvroException">Data of the one schema cannot be read with the other.</exception>
    public GenericDatumReader(Schema writerSchema, Schema readerSchema)
        : base(writerSchema, readerSchema, specific: false)
    {
    }
}

/// <summary>Writes what <see cref="GenericDatumReader{T}"/> reads.</summary>
public class GenericDatumWriter<T> : PreresolvingDatumWriter<T>
{
    public GenericDatumWriter(Schema schema)
        : base(schema, specific: false)
    {
    }
}

/// <summary>Reads records as <see cref="GenericRecord"/>, arrays as object[], maps as Dictionary&lt;string, object&gt;.</summary>
public sealed class GenericReader<T> : DatumReader<T>
{
    private readonly ItemReader reader;

    /// <exception cref="AvroException">Data of the one schema cannot be read with the other.</exception>
    public GenericReader(Schema writerSchema, Schema readerSchema)
    {
        WriterSchema = writerSchema;
        ReaderSchema = readerSchema;
        reader = ReaderResolver.Resolve(writerSchema, readerSchema, specific: false);
    }

    public Schema WriterSchema { get; }

    public Schema ReaderSchema { get; }

    /// <summary>The next datum.</summary>
    /// <exception cref="AvroException">The bytes are not such a datum, or it cannot be read with the reader's schema.</exception>
    public T Read(T reuse, Decoder d) => (T)reader.ReadDatum(reuse, d);
}

/// <summary>Writes what <see cref="GenericReader{T}"/> reads.</summary>
public class GenericWriter<T> : DatumWriter<T>
{
    private readonly ItemWriter writer;

    public GenericWriter(Schema schema)
        : this(schema, specific: false)
    {
    }

    private protected GenericWriter(Schema schema, bool specific)
    {
        Schema = schema;
        writer = WriterResolver.Resolve(schema, specific);
    }

    public Schema Schema { get; }

    /// <summary>Writes one datum.</summary>
    /// <exception cref="AvroException">The datum is not one of the schema.</exception>
    public void Write(T value, Encoder encoder) => writer.WriteDatum(value, encoder);
}
