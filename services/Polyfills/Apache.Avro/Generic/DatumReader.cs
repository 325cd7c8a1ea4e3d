using Avro.IO;

namespace Avro.Generic;

/// <summary>Reads data of one schema that were written with another.</summary>
public interface DatumReader<T>
{
    /// <summary>The schema of the data that <see cref="Read"/> returns.</summary>
    Schema ReaderSchema { get; }

    /// <summary>The schema of the bytes.</summary>
    Schema WriterSchema { get; }

    /// <summary>The next datum.</summary>
    /// <param name="reuse">A datum to fill where that is possible, or null.</param>
    /// <param name="decoder">Where the bytes come from.</param>
    T Read(T reuse, Decoder decoder);
}

/// <summary>Writes data of one schema.</summary>
public interface DatumWriter<T>
{
    /// <summary>The schema of the data.</summary>
    Schema Schema { get; }

    /// <summary>Writes one datum.</summary>
    void Write(T datum, Encoder encoder);
}
