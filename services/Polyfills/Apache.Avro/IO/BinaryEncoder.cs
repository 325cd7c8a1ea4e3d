namespace Avro.IO;
public class BinaryEncoder : Encoder
{
    public BinaryEncoder() : this(null) { }
    public BinaryEncoder(Stream stream) { }
    public void WriteNull() { }
    public void WriteBoolean(bool b) { }
    public void WriteInt(int value) { }
    public void WriteLong(long value) { }
    public void WriteFloat(float value) { }
    public void WriteDouble(double value) { }
    public void WriteBytes(byte[] value) { }
    public void WriteBytes(byte[] value, int offset, int length) { }
    public void WriteString(string value) { }
    public void WriteEnum(int value) { }
    public void SetItemCount(long value) { }
    public void StartItem() { }
    public void WriteArrayStart() { }
    public void WriteArrayEnd() { }
    public void WriteMapStart() { }
    public void WriteMapEnd() { }
    public void WriteUnionIndex(int value) { }
    public void WriteFixed(byte[] data) { }
    public void WriteFixed(byte[] data, int start, int len) { }
    public void Flush() { }
}
