using System.Numerics;
using Avro;
using Avro.Generic;
using Avro.Util;
using Polyfills.Tests.AvroRecords;

namespace Polyfills.Tests.AvroContract;

public sealed class LogicalTypeTests
{
    private static readonly DateTime When = new(2026, 11, 22, 13, 14, 15, 678, DateTimeKind.Utc);

    [Fact]
    public void Dates_and_times_come_back_to_their_precision()
    {
        AssertRoundTrip("""{"type":"int","logicalType":"date"}""", When.Date, 20779);
        AssertRoundTrip("""{"type":"int","logicalType":"time-millis"}""", When.TimeOfDay, 47655678);
        AssertRoundTrip("""{"type":"long","logicalType":"time-micros"}""", When.TimeOfDay, 47655678000);
        AssertRoundTrip("""{"type":"long","logicalType":"timestamp-millis"}""", When, 1795353255678);
        AssertRoundTrip("""{"type":"long","logicalType":"timestamp-micros"}""", When.AddMicroseconds(9), 1795353255678009);
        AssertRoundTrip("""{"type":"long","logicalType":"timestamp-millis"}""", DateTime.UnixEpoch.AddMilliseconds(-1), -1L);
        AssertRoundTrip("""{"type":"long","logicalType":"local-timestamp-millis"}""", When.ToLocalTime(), 1795353255678);
        AssertRoundTrip("""{"type":"long","logicalType":"local-timestamp-micros"}""", When.ToLocalTime(), 1795353255678000);
    }

    [Fact]
    public void A_uuid_is_its_text() => AssertRoundTrip(
        """{"type":"string","logicalType":"uuid"}""", Guid.Parse("d5b3d9f0-8f2d-4d4e-9f4e-0a2b3c4d5e6f"), "d5b3d9f0-8f2d-4d4e-9f4e-0a2b3c4d5e6f");

    [Theory]
    [InlineData("0", "00")]
    [InlineData("127", "7F")]
    [InlineData("128", "0080")]
    [InlineData("-1", "FF")]
    [InlineData("-129", "FF7F")]
    [InlineData("123456789012345678901234567890", "018EE90FF6C373E0EE4E3F0AD2")]
    public void A_decimal_is_the_twos_complement_of_its_unscaled_value(string unscaled, string hex)
    {
        string schema = """{"type":"bytes","logicalType":"decimal","precision":40,"scale":2}""";
        var value = new AvroDecimal(BigInteger.Parse(unscaled), 2);

        AssertRoundTrip(schema, value, Convert.FromHexString(hex));
    }

    [Fact]
    public void A_decimal_fills_a_fixed()
    {
        Schema schema = Schema.Parse("""{"type":{"type":"fixed","name":"F","size":4},"logicalType":"decimal","precision":9,"scale":1}""");
        foreach ((int unscaled, string hex) in new[] { (-2, "FFFFFFFE"), (300, "0000012C") })
        {
            byte[] bytes = Wire.Write(new GenericDatumWriter<AvroDecimal>(schema), new AvroDecimal(unscaled, 1));
            Assert.Equal(hex, Convert.ToHexString(bytes));
            Assert.Equal(new AvroDecimal(unscaled, 1), Wire.Read(new GenericDatumReader<AvroDecimal>(schema, schema), bytes));
        }
    }

    [Fact]
    public void A_decimal_of_another_scale_is_refused()
    {
        Schema schema = Schema.Parse("""{"type":"bytes","logicalType":"decimal","precision":9,"scale":2}""");

        Assert.ThrowsAny<Exception>(() => Wire.Write(new GenericDatumWriter<AvroDecimal>(schema), new AvroDecimal(1, 3)));
    }

    [Fact]
    public void An_AvroDecimal_is_a_decimal_of_the_same_scale()
    {
        Assert.Equal(new AvroDecimal(-12345, 2), new AvroDecimal(-123.45m));
        Assert.Equal("-123.45", new AvroDecimal(-123.45m).ToString());
        Assert.Equal("0.05", new AvroDecimal(5, 2).ToString());
        Assert.Equal(-123.45m, AvroDecimal.ToDecimal(new AvroDecimal(-123.45m)));
        Assert.Equal(79228162514264337593543950335m, (decimal)new AvroDecimal(79228162514264337593543950335m));
        Assert.True(new AvroDecimal(1.5m).CompareTo(new AvroDecimal(1.7m)) < 0);
    }

    [Fact]
    public void A_logical_type_in_a_union_is_chosen_by_the_value()
    {
        Schema schema = Schema.Parse("""["null",{"type":"long","logicalType":"timestamp-millis"},{"type":"string","logicalType":"uuid"}]""");
        foreach (object? value in new object?[] { null, When, Guid.NewGuid() })
        {
            byte[] bytes = Wire.Write(new GenericDatumWriter<object?>(schema), value);
            Assert.Equal(value, Wire.Read(new GenericDatumReader<object?>(schema, schema), bytes));
        }
    }

    [Fact]
    public void An_unknown_logical_type_is_refused_or_passed_over_as_asked()
    {
        var schema = (LogicalSchema)Schema.Parse("""{"type":"long","logicalType":"timestamp-millis"}""");

        Assert.Same(schema.LogicalType, LogicalTypeFactory.Instance.GetFromLogicalSchema(schema));
        Assert.Equal(typeof(DateTime), schema.LogicalType.GetCSharpType(nullible: false));
        Assert.Equal(typeof(DateTime?), schema.LogicalType.GetCSharpType(nullible: true));
        Assert.True(schema.LogicalType.IsInstanceOfLogicalType(When));
        Assert.False(schema.LogicalType.IsInstanceOfLogicalType(1L));
    }

    private static void AssertRoundTrip(string json, object value, object encoded)
    {
        Schema schema = Schema.Parse(json);
        foreach (Api api in Enum.GetValues<Api>())
        {
            byte[] bytes = Wire.Write(Wire.GenericWriter<object>(api, schema), value);
            Schema baseSchema = ((LogicalSchema)schema).BaseSchema;
            Assert.Equal(encoded, Wire.Read(Wire.GenericReader<object>(api, baseSchema, baseSchema), bytes));
            Assert.Equal(value, Wire.Read(Wire.GenericReader<object>(api, schema, schema), bytes));
        }
    }
}
