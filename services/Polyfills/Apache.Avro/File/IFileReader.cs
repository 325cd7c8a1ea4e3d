namespace Avro.File;

/// <summary>Reads an object container file.</summary>
public interface IFileReader<T> : IDisposable
{
    /// <summary>What stands before the first block.</summary>
    Header GetHeader();

    /// <summary>The schema that the file was written with.</summary>
    Schema GetSchema();

    /// <summary>The keys of the file's metadata.</summary>
    ICollection<string> GetMetaKeys();

    /// <summary>The data from here to the end.</summary>
    IEnumerable<T> NextEntries { get; }

    /// <summary>The next datum.</summary>
    /// <exception cref="AvroRuntimeException">There is none, or it cannot be read.</exception>
    T Next();

    /// <summary>Whether there is another datum.</summary>
    bool HasNext();

    /// <summary>The metadata under the key, or null.</summary>
    byte[] GetMeta(string key);

    /// <summary>The metadata under the key as a number.</summary>
    long GetMetaLong(string key);

    /// <summary>The metadata under the key as text, or null.</summary>
    string GetMetaString(string key);

    /// <summary>Whether the current block starts after the first sync marker past the position.</summary>
    bool PastSync(long position);

    /// <summary>Where the current block starts, in bytes.</summary>
    long PreviousSync();

    /// <summary>Goes to a position that <see cref="IFileWriter{T}.Sync"/> or <see cref="PreviousSync"/> returned.</summary>
    void Seek(long position);

    /// <summary>Goes to the first block after the position.</summary>
    void Sync(long position);

    /// <summary>The position in the underlying stream, in bytes.</summary>
    long Tell();
}

/// <summary>Writes an object container file.</summary>
public interface IFileWriter<T> : IDisposable
{
    /// <summary>Adds a datum.</summary>
    void Append(T datum);

    /// <summary>Writes what is pending and closes the file.</summary>
    void Close();

    /// <summary>Ends the current block and writes it.</summary>
    void Flush();

    /// <summary>Whether the key is one that only Avro may set.</summary>
    bool IsReservedMeta(string key);

    /// <summary>Adds metadata; only before the first datum.</summary>
    void SetMeta(string key, byte[] value);

    /// <summary>Adds metadata; only before the first datum.</summary>
    void SetMeta(string key, long value);

    /// <summary>Adds metadata; only before the first datum.</summary>
    void SetMeta(string key, string value);

    /// <summary>Sets after how many bytes a block ends.</summary>
    void SetSyncInterval(int syncInterval);

    /// <summary>Ends the current block.</summary>
    /// <returns>The position of the next one, for <see cref="IFileReader{T}.Seek"/>.</returns>
    long Sync();
}

/// <summary>What stands before the first block of an object container file.</summary>
public class Header
{
    /// <summary>The metadata.</summary>
    public IDictionary<string, byte[]> MetaData { get; } = new Dictionary<string, byte[]>();

    /// <summary>The 16 bytes that end each block of this file.</summary>
    public byte[] SyncData { get; } = new byte[DataFileConstants.SyncSize];

    /// <summary>The schema that the file was written with.</summary>
    public Schema Schema { get; set; }
}

/// <summary>The constants of the object container file format.</summary>
public class DataFileConstants
{
    public const string MetaDataSync = "avro.sync";
    public const string MetaDataCodec = "avro.codec";
    public const string MetaDataSchema = "avro.schema";
    public const string NullCodec = "null";
    public const string DeflateCodec = "deflate";
    public const string MetaDataReserved = "avro";
    public const int Version = 1;
    public static readonly byte[] Magic = [(byte)'O', (byte)'b', (byte)'j', Version];
    public const int SyncSize = 16;
    public const int DefaultSyncInterval = 4000 * SyncSize;
}
