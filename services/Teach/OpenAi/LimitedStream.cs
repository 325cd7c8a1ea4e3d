namespace StreamDistill.Teach.OpenAi;

/// <summary>A response's body, which ends in an exception once it is larger than allowed.</summary>
internal sealed class LimitedStream(Stream inner, long limitBytes) : Stream
{
    private long readBytes;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        Count(await inner.ReadAsync(buffer, cancellationToken));

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => Count(inner.Read(buffer, offset, count));

    public override void Flush() => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    private int Count(int bytes)
    {
        readBytes += bytes;
        return readBytes <= limitBytes
            ? bytes
            : throw new TeacherCallException(
                ErrorCodes.BadResponse,
                $"the response is larger than {limitBytes} bytes ({TeachOptions.Section}:{nameof(TeachOptions.MaxResponseBytes)})",
                isTransient: false)
            { MayBeBilled = true };
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            inner.Dispose();
        }

        base.Dispose(disposing);
    }
}
