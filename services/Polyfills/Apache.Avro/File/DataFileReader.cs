using System.Globalization;
using System.Text;
using Avro.Generic;
using Avro.IO;
using Avro.Specific;

namespace Avro.File;

/// <summary>Reads an object container file, whose form <see cref="DataFileWriter{T}"/> describes.</summary>
public class DataFileReader<T> : IFileReader<T>
{
    // A block says how many data it has. Where those take no bytes, only this bounds them.
    private const int DataWithoutBytesMax = 65536;

    private readonly Stream stream;
    private readonly bool leaveOpen;
    private readonly Header header = new();
    private readonly DatumReader<T> reader;
    private readonly Codec codec;
    private readonly IO.Decoder decoder;
    private IO.Decoder block;
    private long blockRemaining;
    private long blockStart;

    private DataFileReader(Stream stream, Schema readerSchema, CreateDatumReader datumReaderFactory, bool leaveOpen)
    {
        this.stream = stream;
        this.leaveOpen = leaveOpen;
        decoder = new BinaryDecoder(stream);
        ReadHeader();
        reader = datumReaderFactory(header.Schema, readerSchema ?? header.Schema);
        codec = Codec.CreateCodecFromString(GetMetaString(DataFileConstants.MetaDataCodec));
        BlockFinished();
    }

    /// <summary>Makes what reads the file's data.</summary>
    public delegate DatumReader<T> CreateDatumReader(Schema writerSchema, Schema readerSchema);

    public IEnumerable<T> NextEntries
    {
        get
        {
            while (HasNext())
            {
                yield return Next();
            }
        }
    }

    /// <summary>Opens a file to read its data in its own schema.</summary>
    public static IFileReader<T> OpenReader(string path) => OpenReader(path, null);

    /// <summary>Opens a file to read its data in the given schema.</summary>
    public static IFileReader<T> OpenReader(string path, Schema readerSchema) =>
        OpenReader(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite), readerSchema);

    /// <summary>Opens a file in a stream that is closed with the reader.</summary>
    public static IFileReader<T> OpenReader(Stream inStream) => OpenReader(inStream, null, false);

    /// <summary>Opens a file in a stream.</summary>
    public static IFileReader<T> OpenReader(Stream inStream, bool leaveOpen) => OpenReader(inStream, null, leaveOpen);

    /// <summary>Opens a file in a stream, to read its data in the given schema.</summary>
    public static IFileReader<T> OpenReader(Stream inStream, Schema readerSchema) => OpenReader(inStream, readerSchema, false);

    /// <summary>Opens a file in a stream, to read its data in the given schema.</summary>
    public static IFileReader<T> OpenReader(Stream inStream, Schema readerSchema, bool leaveOpen) =>
        OpenReader(inStream, readerSchema, CreateDefaultReader, leaveOpen);

    /// <summary>Opens a file in a stream, to read its data in the given schema with a reader of the caller's.</summary>
    public static IFileReader<T> OpenReader(Stream inStream, Schema readerSchema, CreateDatumReader datumReaderFactory) =>
        OpenReader(inStream, readerSchema, datumReaderFactory, false);

    /// <summary>Opens a file in a stream, to read its data in the given schema with a reader of the caller's.</summary>
    public static IFileReader<T> OpenReader(Stream inStream, Schema readerSchema, CreateDatumReader datumReaderFactory, bool leaveOpen) =>
        new DataFileReader<T>(inStream, readerSchema, datumReaderFactory, leaveOpen);

    public Header GetHeader() => header;

    public Schema GetSchema() => header.Schema;

    public ICollection<string> GetMetaKeys() => header.MetaData.Keys;

    public byte[] GetMeta(string key) => header.MetaData.TryGetValue(key, out byte[] value) ? value : null;

    public long GetMetaLong(string key) => long.Parse(GetMetaString(key), CultureInfo.InvariantCulture);

    public string GetMetaString(string key) => GetMeta(key) is { } value ? Encoding.UTF8.GetString(value) : null;

    public void Seek(long position)
    {
        CheckSeekable();
        stream.Position = position;
        block = null;
        blockRemaining = 0;
        blockStart = position;
    }

    public void Sync(long position)
    {
        Seek(position);

        // The last bytes read, as a ring; a marker is there when they are the marker's, wherever the ring starts.
        var last = new byte[DataFileConstants.SyncSize];
        long count = 0;
        for (int b; (b = stream.ReadByte()) >= 0;)
        {
            last[count++ % last.Length] = (byte)b;
            if (count >= last.Length && IsSync(last, (int)(count % last.Length)))
            {
                break;
            }
        }

        blockStart = stream.Position;
    }

    public bool PastSync(long position) =>
        blockStart >= position + DataFileConstants.SyncSize || blockStart >= stream.Length;

    public long PreviousSync()
    {
        CheckSeekable();
        return blockStart;
    }

    public long Tell() => stream.Position;

    /// <exception cref="AvroRuntimeException">The next block cannot be read.</exception>
    public bool HasNext()
    {
        try
        {
            while (blockRemaining == 0 && TryReadCount(out long count))
            {
                ReadBlock(count);
            }

            return blockRemaining != 0;
        }
        catch (Exception e)
        {
            throw new AvroRuntimeException($"Error fetching next object from block: {e.Message}", e);
        }
    }

    public T Next()
    {
        try
        {
            if (!HasNext())
            {
                throw new AvroRuntimeException("No more datum objects remaining in block!");
            }

            T datum = reader.Read(default, block);
            if (--blockRemaining == 0)
            {
                BlockFinished();
            }

            return datum;
        }
        catch (Exception e)
        {
            throw new AvroRuntimeException($"Error fetching next object from block: {e.Message}", e);
        }
    }

    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    protected virtual void Dispose(bool disposing)
    {
        if (!leaveOpen)
        {
            stream.Dispose();
        }
    }

    private static DatumReader<T> CreateDefaultReader(Schema writerSchema, Schema readerSchema) =>
        typeof(ISpecificRecord).IsAssignableFrom(typeof(T))
            ? new SpecificReader<T>(writerSchema, readerSchema)
            : new GenericReader<T>(writerSchema, readerSchema);

    private void ReadHeader()
    {
        try
        {
            var magic = new byte[DataFileConstants.Magic.Length];
            decoder.ReadFixed(magic);
            if (!magic.AsSpan().SequenceEqual(DataFileConstants.Magic))
            {
                throw new AvroRuntimeException("It does not start with the bytes of one.");
            }

            for (long n = decoder.ReadMapStart(); n != 0; n = decoder.ReadMapNext())
            {
                for (long i = 0; i < n; i++)
                {
                    header.MetaData[decoder.ReadString()] = decoder.ReadBytes();
                }
            }

            decoder.ReadFixed(header.SyncData);
        }
        catch (AvroException e)
        {
            throw new AvroRuntimeException("Not a valid data file! " + e.Message, e);
        }

        string schema = GetMetaString(DataFileConstants.MetaDataSchema);
        header.Schema = Schema.Parse(string.IsNullOrEmpty(schema)
            ? throw new AvroRuntimeException("Not a valid data file! It has no schema.")
            : schema);
    }

    // Only the end of the stream ends a file; a stream that cannot seek shows it when it is asked for more.
    private bool TryReadCount(out long count)
    {
        count = 0;
        if (stream.CanSeek)
        {
            if (stream.Position >= stream.Length)
            {
                return false;
            }

            count = decoder.ReadLong();
            return true;
        }

        int first = stream.ReadByte();
        if (first < 0)
        {
            return false;
        }

        ulong value = (ulong)first & 0x7F;
        for (int shift = 7; first >= 0x80 && shift < 64; shift += 7)
        {
            first = stream.ReadByte();
            value |= first >= 0 ? ((ulong)first & 0x7F) << shift : throw new AvroException("End of stream reached");
        }

        count = (long)(value >> 1) ^ -(long)(value & 1);
        return true;
    }

    private void ReadBlock(long count)
    {
        byte[] bytes = decoder.ReadBytes();
        var sync = new byte[DataFileConstants.SyncSize];
        decoder.ReadFixed(sync);
        if (!IsSync(sync, 0))
        {
            throw new AvroRuntimeException("Invalid sync!");
        }

        byte[] data = codec.Decompress(bytes, bytes.Length);
        if (count < 0 || count > Math.Max(data.Length, DataWithoutBytesMax))
        {
            throw new AvroRuntimeException($"A block of {data.Length} bytes claims to have {count} data");
        }

        block = new BinaryDecoder(new MemoryStream(data, 0, data.Length, writable: false, publiclyVisible: true));
        blockRemaining = count;
    }

    private bool IsSync(byte[] bytes, int start)
    {
        ReadOnlySpan<byte> marker = header.SyncData;
        int head = bytes.Length - start;
        return bytes.AsSpan(start).SequenceEqual(marker[..head]) && bytes.AsSpan(0, start).SequenceEqual(marker[head..]);
    }

    private void BlockFinished()
    {
        if (stream.CanSeek)
        {
            blockStart = stream.Position;
        }
    }

    private void CheckSeekable()
    {
        if (!stream.CanSeek)
        {
            throw new AvroRuntimeException("Not a valid input stream - must be seekable!");
        }
    }
}
