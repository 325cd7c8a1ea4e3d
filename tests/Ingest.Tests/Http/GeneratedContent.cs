using System.Net;
using System.Net.Http.Headers;

namespace StreamDistill.Ingest.Tests;

/// <summary>A body without an announced length, made while it is sent.</summary>
internal sealed class GeneratedContent : HttpContent
{
    private readonly IEnumerable<byte[]> chunks;

    public GeneratedContent(IEnumerable<byte[]> chunks)
    {
        this.chunks = chunks;
        Headers.ContentType = new MediaTypeHeaderValue("application/x-ndjson");
    }

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
    {
        foreach (var chunk in chunks)
        {
            await stream.WriteAsync(chunk);
        }
    }

    protected override bool TryComputeLength(out long length)
    {
        length = 0;
        return false;
    }
}
