using Avro.IO;
using Avro.Resolution;

namespace Avro.Generic;

/// <summary>A reader that compares the two schemas once, when it is made. One reader may be used by many threads.</summary>
public abstract class PreresolvingDatumReader<T> : DatumReader<T>
{
    private readonly ItemReader reader;

    private protected PreresolvingDatumReader(Schema writerSchema, Schema readerSchema, bool specific)
    {
        WriterSchema = writerSchema;
        ReaderSchema = readerSchema;
        reader = ReaderResolver.Resolve(writerSchema, readerSchema, specific);
    }

    public Schema ReaderSchema { get; }

    public Schema WriterSchema { get; }

    /// <summary>The next datum.</summary>
    /// <exception cref="AvroException">The bytes are not such a datum, or it cannot be read with the reader's schema.</exception>
    public T Read(T reuse, Decoder decoder) => (T)reader.ReadDatum(reuse, decoder);
}

/// <summary>A writer that works out how to write its schema once, when it is made. One writer may be used by many threads.</summary>
public abstract class PreresolvingDatumWriter<T> : DatumWriter<T>
{
    private readonly ItemWriter writer;

    private protected PreresolvingDatumWriter(Schema schema, bool specific)
    {
        Schema = schema;
        writer = WriterResolver.Resolve(schema, specific);
    }

    public Schema Schema { get; }

    /// <summary>Writes one datum.</summary>
    /// <exception cref="AvroException">The datum is not one of the schema.</exception>
    public void Write(T datum, Encoder encoder) => writer.WriteDatum(datum, encoder);
}
