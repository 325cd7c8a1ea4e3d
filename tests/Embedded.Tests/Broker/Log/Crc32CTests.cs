using System.Text;
using StreamDistill.Embedded.Broker.Log;

namespace StreamDistill.Embedded.Tests.Broker.Log;

public sealed class Crc32CTests
{
    [Fact]
    public void The_check_value_is_that_of_the_standard() => Assert.Equal(0xe3069283u, Crc32C.Compute(Encoding.ASCII.GetBytes("123456789")));

    [Theory]
    [InlineData(0)]
    [InlineData(7)]
    [InlineData(767)]
    [InlineData(768)]
    [InlineData(1000)]
    [InlineData(12_288)]
    [InlineData(50_001)]
    public void Lanes_give_what_bit_by_bit_gives(int length)
    {
        var bytes = new byte[length];
        new Random(length).NextBytes(bytes);
        var crc = ~0u;
        foreach (var value in bytes)
        {
            crc ^= value;
            for (var bit = 0; bit < 8; bit++)
            {
                crc = (crc & 1) != 0 ? crc >> 1 ^ 0x82f63b78 : crc >> 1;
            }
        }

        Assert.Equal(~crc, Crc32C.Compute(bytes));
    }
}
