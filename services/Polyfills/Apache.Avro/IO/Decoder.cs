namespace Avro.IO;

/// <summary>Reads Avro's data types. Each call reads or skips one value, or a boundary of an array or map.</summary>
public interface Decoder
{
    void ReadNull();
    bool ReadBoolean();
    int ReadInt();
    long ReadLong();
    float ReadFloat();
    double ReadDouble();
    byte[] ReadBytes();
    string ReadString();
    int ReadEnum();

    /// <summary>How many items are in the array's first block; 0 when the array is empty.</summary>
    long ReadArrayStart();

    /// <summary>How many items are in the array's next block; 0 when there is none.</summary>
    long ReadArrayNext();

    /// <summary>How many entries are in the map's first block; 0 when the map is empty.</summary>
    long ReadMapStart();

    /// <summary>How many entries are in the map's next block; 0 when there is none.</summary>
    long ReadMapNext();
    int ReadUnionIndex();
    void ReadFixed(byte[] buffer);
    void ReadFixed(byte[] buffer, int start, int length);
    void SkipNull();
    void SkipBoolean();
    void SkipInt();
    void SkipLong();
    void SkipFloat();
    void SkipDouble();
    void SkipBytes();
    void SkipString();
    void SkipEnum();
    void SkipUnionIndex();
    void SkipFixed(int len);
}
