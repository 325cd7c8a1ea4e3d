namespace Avro.IO;

/// <summary>Writes Avro's data types. Each call writes one value, or a boundary of an array or map.</summary>
public interface Encoder
{
    void WriteNull();
    void WriteBoolean(bool value);
    void WriteInt(int value);
    void WriteLong(long value);
    void WriteFloat(float value);
    void WriteDouble(double value);
    void WriteBytes(byte[] value);
    void WriteBytes(byte[] value, int offset, int length);
    void WriteString(string value);
    void WriteEnum(int value);

    /// <summary>Says how many items follow; called after <see cref="WriteArrayStart"/> or <see cref="WriteMapStart"/>, before the items.</summary>
    void SetItemCount(long value);

    /// <summary>Called before each item of an array or entry of a map.</summary>
    void StartItem();
    void WriteArrayStart();
    void WriteArrayEnd();
    void WriteMapStart();
    void WriteMapEnd();
    void WriteUnionIndex(int value);
    void WriteFixed(byte[] data);
    void WriteFixed(byte[] data, int start, int len);
    void Flush();
}
