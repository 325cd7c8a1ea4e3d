using StreamDistill.Teach.OpenAi;

namespace StreamDistill.Teach.Tests.OpenAi;

public class LimitedStreamTests
{
    [Fact]
    public async Task As_many_bytes_as_allowed_are_read()
    {
        using var body = new LimitedStream(new MemoryStream(new byte[1000]), 1000);
        using var copy = new MemoryStream();
        await body.CopyToAsync(copy);
        Assert.Equal(1000, copy.Length);
    }

    [Fact]
    public async Task One_byte_more_is_an_error_before_the_rest_is_read()
    {
        using var endless = new MemoryStream(new byte[1 << 20]);
        using var body = new LimitedStream(endless, 1000);
        var failure = await Assert.ThrowsAsync<TeacherCallException>(() => body.CopyToAsync(Stream.Null, bufferSize: 256));
        Assert.Equal("bad_response", failure.Code);
        Assert.InRange(endless.Position, 1001, 1000 + 256);
    }
}
