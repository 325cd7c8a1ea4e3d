using System.Buffers.Binary;
using System.Collections.Concurrent;
using Avro.Generic;
using Avro.IO;
using Avro.Specific;
using Confluent.SchemaRegistry;
using StreamDistill.Contracts;

namespace StreamDistill.Cli.Kafka;

/// <summary>
/// Decodes Avro values in Confluent's wire format: a zero byte, the schema's id as a big-endian 32-bit number, the record.
/// </summary>
internal sealed class AvroRecords(ISchemaRegistryClient registry)
{
    private const int HeaderBytes = 5;

    // A reader works out once how the two schemas fit.
    private readonly ConcurrentDictionary<(int SchemaId, Type Type), object> readers = new();

    /// <summary>The id of the schema a value was written with; null where it is not in the wire format.</summary>
    public static int? SchemaIdOf(ReadOnlySpan<byte> value) =>
        value.Length >= HeaderBytes && value[0] == 0 ? BinaryPrimitives.ReadInt32BigEndian(value[1..]) : null;

    /// <summary>A value as a generated record.</summary>
    /// <exception cref="StreamDistillException">It cannot be decoded.</exception>
    public async ValueTask<T> ReadAsync<T>(byte[] value, Avro.Schema readerSchema)
        where T : class, ISpecificRecord, new()
    {
        var reader = await ReaderAsync(value, writer => new SpecificDatumReader<T>(writer, readerSchema));
        return Decode(value, decoder => reader.Read(null!, decoder));
    }

    /// <summary>A value as whatever its own schema says.</summary>
    /// <exception cref="StreamDistillException">It cannot be decoded.</exception>
    public async ValueTask<object> ReadAsync(byte[] value)
    {
        var reader = await ReaderAsync(value, writer => new GenericDatumReader<object>(writer, writer));
        return Decode(value, decoder => reader.Read(null!, decoder));
    }

    private static T Decode<T>(byte[] value, Func<Decoder, T> read)
    {
        try
        {
            using var bytes = new MemoryStream(value, HeaderBytes, value.Length - HeaderBytes, writable: false);
            return read(new BinaryDecoder(bytes));
        }
        catch (Exception e) when (e is Avro.AvroException or IOException or ArgumentException or OverflowException)
        {
            throw new StreamDistillException($"A value of {value.Length} bytes is not what its schema {SchemaIdOf(value)} says: {e.Message}", isTransient: false, e);
        }
    }

    private async ValueTask<TReader> ReaderAsync<TReader>(byte[] value, Func<Avro.Schema, TReader> make)
        where TReader : class
    {
        var id = SchemaIdOf(value) ?? throw new StreamDistillException($"A value of {value.Length} bytes is not Avro in Confluent's wire format.");
        if (!readers.TryGetValue((id, typeof(TReader)), out var reader))
        {
            readers[(id, typeof(TReader))] = reader = make(Avro.Schema.Parse((await registry.GetSchemaAsync(id)).SchemaString));
        }

        return (TReader)reader;
    }
}
