namespace StreamDistill.Ingest.Tests;

/// <summary>Measures this process's memory, and so runs when no other test does.</summary>
[CollectionDefinition(nameof(FlatMemoryTests), DisableParallelization = true)]
[Collection(nameof(FlatMemoryTests))]
public sealed class FlatMemoryTests
{
    [Theory]
    [InlineData(1, 100_000_000)]
    [InlineData(1_000, 100_000)]
    public async Task A_body_of_100_MB_is_read_with_flat_memory(int lines, int lineBytes)
    {
        await using var app = await IngestApp.StartAsync(new DiscardingSink());
        var baseline = GC.GetTotalMemory(forceFullCollection: true);
        var mostBytes = 0L;
        var sentChunks = 0;

        var answer = await app.PostAsync(new GeneratedContent(Body()));

        Assert.Equal(lines == 1 ? 413 : 202, answer.Status);
        Assert.Equal(lines, answer.Count("accepted") + answer.Count("refused"));
        Assert.InRange(mostBytes, 0, 48 * 1024 * 1024);

        IEnumerable<byte[]> Body()
        {
            var filler = new byte[50_000];
            filler.AsSpan().Fill((byte)'x');
            for (var line = 0; line < lines; line++)
            {
                yield return "{\"messages\":[{\"role\":\"user\",\"content\":\""u8.ToArray();
                for (var sent = 0; sent < lineBytes; sent += filler.Length)
                {
                    yield return filler;
                    if (++sentChunks % 200 == 0)
                    {
                        mostBytes = Math.Max(mostBytes, GC.GetTotalMemory(forceFullCollection: true) - baseline);
                    }
                }

                yield return "\"}]}\n"u8.ToArray();
            }
        }
    }

    private sealed class DiscardingSink : IPromptSink
    {
        public async Task WriteAsync(streamdistill.Prompt prompt, CancellationToken cancellationToken) => await Task.Yield();
    }
}
