namespace Avro.IO;
public class BinaryDecoder : Decoder
{
    public BinaryDecoder(Stream stream) { }
    public void ReadNull() { }
    public bool ReadBoolean() => default;
    public int ReadInt() => default;
    public long ReadLong() => default;
    public float ReadFloat() => default;
    public double ReadDouble() => default;
    public byte[] ReadBytes() => default;
    public string ReadString() => default;
    public int ReadEnum() => default;
    public long ReadArrayStart() => default;
    public long ReadArrayNext() => default;
    public long ReadMapStart() => default;
    public long ReadMapNext() => default;
    public int ReadUnionIndex() => default;
    public void ReadFixed(byte[] buffer) { }
    public void ReadFixed(byte[] buffer, int start, int length) { }
    public void SkipNull() { }
    public void SkipBoolean() { }
    public void SkipInt() { }
    public void SkipLong() { }
    public void SkipFloat() { }
    public void SkipDouble() { }
    public void SkipBytes() { }
    public void SkipString() { }
    public void SkipEnum() { }
    public void SkipUnionIndex() { }
    public void SkipFixed(int len) { }
}
