using StreamDistill.Embedded.Broker.Protocol;

namespace StreamDistill.Embedded.Tests.Broker.Protocol;

public sealed class KafkaReaderTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Null_bytes_are_null_and_empty_bytes_are_empty(bool isFlexible)
    {
        using var writer = new KafkaWriter(isFlexible);
        writer.WriteNullBytes();
        writer.WriteBytes([]);
        var reader = new KafkaReader(writer.Written, isFlexible);

        Assert.Null(reader.ReadNullableBytes());
        Assert.Equal(0, reader.ReadNullableBytes()?.Length);
    }
}
