using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Avro.Generic;
using Avro.IO;

namespace Avro.File;

/// <summary>
/// Writes an object container file: the magic bytes, metadata and a sync marker, then blocks, each of them a count of data,
/// their size in bytes, the data themselves and the sync marker again.
/// </summary>
public class DataFileWriter<T> : IFileWriter<T>
{
    private readonly DatumWriter<T> writer;
    private readonly Schema schema;
    private readonly Codec codec;
    private readonly Stream stream;
    private readonly bool leaveOpen;
    private readonly IO.Encoder encoder;
    private readonly MemoryStream block = new();
    private readonly MemoryStream compressed = new();
    private readonly IO.Encoder blockEncoder;
    private readonly Dictionary<string, byte[]> metadata = [];
    private readonly byte[] sync;
    private int syncInterval = DataFileConstants.DefaultSyncInterval;
    private int blockCount;
    private bool headerIsWritten;
    private bool isOpen = true;

    private DataFileWriter(DatumWriter<T> writer, Schema schema, Stream stream, Codec codec, bool leaveOpen, byte[] sync)
    {
        this.writer = writer;
        this.schema = schema;
        this.stream = stream;
        this.codec = codec ?? new NullCodec();
        this.leaveOpen = leaveOpen;
        this.sync = sync ?? RandomNumberGenerator.GetBytes(DataFileConstants.SyncSize);
        headerIsWritten = sync != null;
        encoder = new BinaryEncoder(stream);
        blockEncoder = new BinaryEncoder(block);
    }

    /// <summary>Starts a new file without compression.</summary>
    public static IFileWriter<T> OpenWriter(DatumWriter<T> writer, string path) => OpenWriter(writer, path, new NullCodec());

    /// <summary>Starts a new file.</summary>
    public static IFileWriter<T> OpenWriter(DatumWriter<T> writer, string path, Codec codec) =>
        OpenWriter(writer, new FileStream(path, FileMode.Create), codec);

    /// <summary>Starts a new file without compression in a stream that is closed with it.</summary>
    public static IFileWriter<T> OpenWriter(DatumWriter<T> writer, Stream outStream) => OpenWriter(writer, outStream, false);

    /// <summary>Starts a new file without compression in a stream.</summary>
    public static IFileWriter<T> OpenWriter(DatumWriter<T> writer, Stream outStream, bool leaveOpen) =>
        OpenWriter(writer, outStream, new NullCodec(), leaveOpen);

    /// <summary>Starts a new file in a stream that is closed with it.</summary>
    public static IFileWriter<T> OpenWriter(DatumWriter<T> writer, Stream outStream, Codec codec) =>
        OpenWriter(writer, outStream, codec, false);

    /// <summary>Starts a new file in a stream.</summary>
    public static IFileWriter<T> OpenWriter(DatumWriter<T> writer, Stream outStream, Codec codec, bool leaveOpen) =>
        new DataFileWriter<T>(writer, writer.Schema, outStream, codec, leaveOpen, sync: null);

    /// <summary>Goes on with a file, in its codec.</summary>
    public static IFileWriter<T> OpenAppendWriter(DatumWriter<T> writer, string path)
    {
        using var existing = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        return OpenAppendWriter(writer, existing, new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.Read));
    }

    /// <summary>Goes on at the end of the output with the file whose header is read from the input.</summary>
    public static IFileWriter<T> OpenAppendWriter(DatumWriter<T> writer, Stream inStream, Stream outStream)
    {
        if (!inStream.CanRead)
        {
            throw new AvroRuntimeException($"{nameof(inStream)} must have Read access");
        }

        if (!outStream.CanWrite)
        {
            throw new AvroRuntimeException($"{nameof(outStream)} must have Write access");
        }

        using IFileReader<T> reader = DataFileReader<T>.OpenReader(inStream, leaveOpen: true);
        Header header = reader.GetHeader();
        Codec codec = Codec.CreateCodecFromString(reader.GetMetaString(DataFileConstants.MetaDataCodec));
        outStream.Seek(0, SeekOrigin.End);
        return new DataFileWriter<T>(writer, header.Schema, outStream, codec, leaveOpen: false, header.SyncData);
    }

    public bool IsReservedMeta(string key) => key.StartsWith(DataFileConstants.MetaDataReserved, StringComparison.Ordinal);

    /// <exception cref="AvroRuntimeException">The key is reserved.</exception>
    public void SetMeta(string key, byte[] value)
    {
        if (IsReservedMeta(key))
        {
            throw new AvroRuntimeException("Cannot set reserved meta key: " + key);
        }

        metadata[key] = value;
    }

    public void SetMeta(string key, long value) => SetMeta(key, value.ToString(CultureInfo.InvariantCulture));

    public void SetMeta(string key, string value) => SetMeta(key, Encoding.UTF8.GetBytes(value));

    /// <exception cref="AvroRuntimeException">Less than 32 bytes or more than 1 GiB.</exception>
    public void SetSyncInterval(int syncInterval)
    {
        if (syncInterval is < 32 or > (1 << 30))
        {
            throw new AvroRuntimeException($"Invalid sync interval value: {syncInterval}; it must be from 32 to {1 << 30} bytes");
        }

        this.syncInterval = syncInterval;
    }

    /// <exception cref="AvroRuntimeException">The datum is not one of the schema; the file is as it was before.</exception>
    public void Append(T datum)
    {
        CheckOpen();
        WriteHeader();
        long before = block.Position;
        try
        {
            writer.Write(datum, blockEncoder);
        }
        catch (Exception e)
        {
            block.SetLength(before);
            throw new AvroRuntimeException("Error appending datum to writer", e);
        }

        blockCount++;
        if (block.Position >= syncInterval)
        {
            WriteBlock();
        }
    }

    public void Flush()
    {
        WriteHeader();
        Sync();
    }

    public long Sync()
    {
        CheckOpen();
        WriteBlock();
        return stream.CanSeek ? stream.Position : 0;
    }

    public void Close()
    {
        if (!isOpen)
        {
            return;
        }

        Flush();
        stream.Flush();
        if (!leaveOpen)
        {
            stream.Close();
        }

        isOpen = false;
    }

    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    protected virtual void Dispose(bool disposing) => Close();

    private void CheckOpen()
    {
        if (!isOpen)
        {
            throw new AvroRuntimeException("Cannot complete operation: avro file/stream not open");
        }
    }

    private void WriteHeader()
    {
        if (headerIsWritten)
        {
            return;
        }

        headerIsWritten = true;
        metadata[DataFileConstants.MetaDataCodec] = Encoding.UTF8.GetBytes(codec.GetName());
        metadata[DataFileConstants.MetaDataSchema] = Encoding.UTF8.GetBytes(schema.ToString());
        encoder.WriteFixed(DataFileConstants.Magic);
        encoder.WriteMapStart();
        encoder.SetItemCount(metadata.Count);
        foreach ((string key, byte[] value) in metadata)
        {
            encoder.WriteString(key);
            encoder.WriteBytes(value);
        }

        encoder.WriteMapEnd();
        encoder.WriteFixed(sync);
    }

    private void WriteBlock()
    {
        if (blockCount == 0)
        {
            return;
        }

        codec.Compress(block, compressed);
        encoder.WriteLong(blockCount);
        encoder.WriteBytes(compressed.GetBuffer(), 0, (int)compressed.Length);
        encoder.WriteFixed(sync);
        blockCount = 0;
        block.SetLength(0);
    }
}
