using Avro;
using Avro.IO;
using FsCheck;
using FsCheck.Fluent;

namespace Polyfills.Tests.AvroContract;

public sealed class BinaryCodecTests
{
    [Theory]
    [InlineData(0, "00")]
    [InlineData(-1, "01")]
    [InlineData(1, "02")]
    [InlineData(-64, "7F")]
    [InlineData(64, "8001")]
    [InlineData(int.MaxValue, "FEFFFFFF0F")]
    [InlineData(long.MaxValue, "FEFFFFFFFFFFFFFFFF01")]
    [InlineData(long.MinValue, "FFFFFFFFFFFFFFFFFF01")]
    public void A_number_is_a_zigzag_varint(long value, string hex)
    {
        Assert.Equal(hex, Encode(encoder => encoder.WriteLong(value)));
        Assert.Equal(value, Decode(hex).ReadLong());
    }

    [Fact]
    public void Each_type_has_the_bytes_of_the_specification()
    {
        Assert.Equal("", Encode(encoder => encoder.WriteNull()));
        Assert.Equal("0100", Encode(encoder => { encoder.WriteBoolean(true); encoder.WriteBoolean(false); }));
        Assert.Equal("0000C03F", Encode(encoder => encoder.WriteFloat(1.5f)));
        Assert.Equal("000000000000F8BF", Encode(encoder => encoder.WriteDouble(-1.5)));
        Assert.Equal("06666F6F", Encode(encoder => encoder.WriteString("foo")));
        Assert.Equal("04C3BC", Encode(encoder => encoder.WriteString("ü")));
        Assert.Equal("04FF00", Encode(encoder => encoder.WriteBytes([255, 0])));
        Assert.Equal("0201", Encode(encoder => encoder.WriteBytes([0, 1, 2], 1, 1)));
        Assert.Equal("FF00", Encode(encoder => encoder.WriteFixed([255, 0])));
        Assert.Equal("02", Encode(encoder => encoder.WriteFixed([0, 1, 2], 2, 1)));
        Assert.Equal("0604", Encode(encoder => { encoder.WriteEnum(3); encoder.WriteUnionIndex(2); }));
        Assert.Equal("04063600", Encode(encoder =>
        {
            encoder.WriteArrayStart();
            encoder.SetItemCount(2);
            encoder.StartItem();
            encoder.WriteLong(3);
            encoder.StartItem();
            encoder.WriteLong(27);
            encoder.WriteArrayEnd();
        }));
        Assert.Equal("00", Encode(encoder =>
        {
            encoder.WriteMapStart();
            encoder.SetItemCount(0);
            encoder.WriteMapEnd();
        }));
    }

    [Fact]
    public void A_block_may_say_its_size_after_a_negative_count()
    {
        BinaryDecoder decoder = Decode("0302063600");

        Assert.Equal(2, decoder.ReadArrayStart());
        Assert.Equal([3, 27], new[] { decoder.ReadLong(), decoder.ReadLong() });
        Assert.Equal(0, decoder.ReadArrayNext());
    }

    [Fact]
    public void What_is_skipped_is_what_would_have_been_read()
    {
        using var stream = new MemoryStream();
        var encoder = new BinaryEncoder(stream);
        encoder.WriteNull();
        encoder.WriteBoolean(true);
        encoder.WriteInt(-300);
        encoder.WriteLong(long.MinValue);
        encoder.WriteFloat(1);
        encoder.WriteDouble(2);
        encoder.WriteBytes(new byte[300]);
        encoder.WriteString("text");
        encoder.WriteEnum(1);
        encoder.WriteUnionIndex(1);
        encoder.WriteFixed(new byte[5]);
        stream.Position = 0;

        var decoder = new BinaryDecoder(stream);
        decoder.SkipNull();
        decoder.SkipBoolean();
        decoder.SkipInt();
        decoder.SkipLong();
        decoder.SkipFloat();
        decoder.SkipDouble();
        decoder.SkipBytes();
        decoder.SkipString();
        decoder.SkipEnum();
        decoder.SkipUnionIndex();
        decoder.SkipFixed(5);

        Assert.Equal(stream.Length, stream.Position);
    }

    [Fact]
    public void Each_call_moves_the_stream_by_what_it_read()
    {
        using var stream = new MemoryStream(Convert.FromHexString("06666F6F02" + "0000C03F"));
        var decoder = new BinaryDecoder(stream);

        Assert.Equal("foo", decoder.ReadString());
        Assert.Equal(4, stream.Position);
        Assert.Equal(1, decoder.ReadInt());
        Assert.Equal(5, stream.Position);
        Assert.Equal(1.5f, decoder.ReadFloat());
        Assert.Equal(9, stream.Position);
    }

    [Fact]
    public void Each_call_has_written_when_it_returns()
    {
        using var stream = new MemoryStream();
        var encoder = new BinaryEncoder(stream);

        encoder.WriteString("foo");
        Assert.Equal(4, stream.Length);
        encoder.WriteLong(300);
        Assert.Equal(6, stream.Length);
    }

    [Fact]
    public void Any_values_come_back()
    {
        Prop.ForAll<int, long, double>((small, large, real) => Encode(encoder =>
        {
            encoder.WriteInt(small);
            encoder.WriteLong(large);
            encoder.WriteDouble(real);
            encoder.WriteFloat((float)real);
        }) is var hex && Decode(hex) is var decoder
            && decoder.ReadInt() == small
            && decoder.ReadLong() == large
            && decoder.ReadDouble().Equals(real)
            && decoder.ReadFloat().Equals((float)real)).QuickCheckThrowOnFailure();
        Prop.ForAll<NonNull<byte[]>, bool>((bytes, flag) => Encode(encoder =>
        {
            encoder.WriteBytes(bytes.Get);
            encoder.WriteBoolean(flag);
        }) is var hex && Decode(hex) is var decoder
            && decoder.ReadBytes().AsSpan().SequenceEqual(bytes.Get)
            && decoder.ReadBoolean() == flag).QuickCheckThrowOnFailure();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(21)]
    [InlineData(22)]
    [InlineData(1365)]
    [InlineData(4096)]
    [InlineData(70_000)]
    public void A_string_of_any_length_comes_back(int length)
    {
        foreach (string unit in new[] { "a", "ü", "分", "🎓" })
        {
            string text = string.Concat(Enumerable.Repeat(unit, length));
            Assert.Equal(text, Decode(Encode(encoder => encoder.WriteString(text))).ReadString());
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("80")]
    public void The_end_of_the_stream_within_a_number_is_an_error(string hex) =>
        Assert.Throws<AvroException>(() => Decode(hex).ReadLong());

    [Fact]
    public void The_end_of_the_stream_within_a_value_is_an_error()
    {
        Assert.Throws<AvroException>(() => Decode("06666F").ReadString());
        Assert.Throws<AvroException>(() => Decode("06666F").ReadBytes());
        Assert.Throws<AvroException>(() => Decode("000000").ReadFloat());
        Assert.Throws<AvroException>(() => Decode("00000000000000").ReadDouble());
        Assert.Throws<AvroException>(() => Decode("00").ReadFixed(new byte[2]));
        Assert.Throws<AvroException>(() => Decode("02").ReadBoolean());
        Assert.Throws<AvroException>(() => Decode("01").ReadString());
    }

    private static string Encode(Action<BinaryEncoder> write)
    {
        using var stream = new MemoryStream();
        write(new BinaryEncoder(stream));
        return Convert.ToHexString(stream.ToArray());
    }

    private static BinaryDecoder Decode(string hex) => new(new MemoryStream(Convert.FromHexString(hex)));
}
