using System.Buffers;
using System.Diagnostics;
using Microsoft.Extensions.Logging.Abstractions;
using StreamDistill.Embedded.Broker.Log;

namespace StreamDistill.Embedded.Tests.Broker.Log;

/// <summary>Bytes that are nearly right, given to all that reads what was stored or came from a client.</summary>
public sealed class LogFuzzTests(ITestOutputHelper output)
{
    private const int HeaderCases = 680_000;
    private const int ScanCases = 300_000;
    private const int DecompressionCases = 20_000;
    private const int RecoveryCases = 500;

    private static readonly byte[][] Seeds =
    [
        TestLog.Batch("a", "b", "c"),
        RecordBatch.Build([TestLog.Record(null, null), TestLog.Record("key", new string('v', 200))], 7, 1, 5, isTransactional: true),
        ControlBatch.BuildMarker(7, 1, isCommit: true, 2, 1_700_000_000_000),
    ];

    [Fact]
    public void Whatever_a_client_calls_a_batch_is_taken_or_refused()
    {
        var random = Seeded(11);
        var options = new LogOptions { Compacts = true };
        var buffer = new ArrayBufferWriter<byte>();
        var refused = 0;
        for (var i = 0; i < HeaderCases; i++)
        {
            var batch = Mutated(random, Seeds[random.Next(Seeds.Length)]);
            if (random.Next(2) == 0 && batch.Length >= BatchHeader.Size)
            {
                BatchHeader.WriteCrc(batch);
            }

            refused += BatchValidator.Check(batch, options, isInternal: false, out var header).Error == 0 ? 0 : 1;
            if (batch.Length >= BatchHeader.Size)
            {
                _ = BatchRecords.TryOpen(batch.AsMemory(), new BatchHeader(batch) is { Compression: 0 } plain ? plain : default, buffer, out _);
                _ = ControlBatch.TryParseMarker(batch, out _, out _);
            }
        }

        Assert.InRange(refused, HeaderCases / 2, HeaderCases - 1);
    }

    [Fact]
    public void Whatever_a_segment_holds_a_scan_comes_to_its_end_and_takes_only_valid_batches()
    {
        var random = Seeded(12);
        var whole = Segment(Seeds);
        var found = 0;
        var allocated = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < ScanCases; i++)
        {
            var file = new Bytes(Mutated(random, whole));
            using var scanner = new BatchScanner(file, 0, file.Length, 0, 1024);
            var end = 0L;
            for (var step = scanner.MoveNext(); step != ScanStep.End; step = scanner.MoveNext())
            {
                Assert.True(scanner.Position == end && scanner.EndPosition > end && scanner.EndPosition <= file.Length);
                end = scanner.EndPosition;
                found += step == ScanStep.Batch ? 1 : 0;
            }

            Assert.Equal(file.Length, end);
        }

        Assert.InRange(found, ScanCases, ScanCases * Seeds.Length);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - allocated, 0, ScanCases * 4096L);
    }

    [Fact]
    public void Whatever_is_compressed_is_opened_or_refused_within_the_cap()
    {
        var random = Seeded(13);
        var content = new byte[300];
        random.NextBytes(content.AsSpan(0, 100));
        byte[][] compressed =
        [
            .. new[] { 1, 3, 4 }.Select(type => Compression.Compress(type, content)!.Value.ToArray()),
            Snappier.Snappy.CompressToArray(content),
            [0x82, .. "SNAPPY\0"u8, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, (byte)Snappier.Snappy.CompressToArray(content).Length, .. Snappier.Snappy.CompressToArray(content)],
        ];
        int[] types = [1, 3, 4, 2, 2];
        var buffer = new ArrayBufferWriter<byte>();
        var opened = 0;
        for (var i = 0; i < DecompressionCases; i++)
        {
            var kind = random.Next(types.Length);
            try
            {
                var bytes = Compression.Decompress(types[kind], random.Next(50) == 0 ? compressed[kind] : Mutated(random, compressed[kind]), buffer);
                Assert.InRange(bytes.Length, 0, Compression.DecompressedBytesMax);
                opened++;
            }
            catch (InvalidDataException)
            {
            }
        }

        Assert.InRange(opened, DecompressionCases / 100, DecompressionCases);
    }

    [Fact]
    public void Whatever_the_files_hold_a_log_opens_and_goes_on()
    {
        var random = Seeded(14);
        var workload = new Workload(14);
        workload.Run();
        var paths = workload.Files.Paths.ToList();
        for (var i = 0; i < RecoveryCases; i++)
        {
            var files = MemoryFileSystem.After(workload.Files.Changes, workload.Files.Changes.Count);
            for (var left = 1 + random.Next(3); left > 0; left--)
            {
                var path = paths[random.Next(paths.Count)];
                files[path] = Mutated(random, files[path]);
            }

            using var log = PartitionLog.Open(files, "/data/topic-0", "topic-0", new LogOptions { SegmentBytes = 700 }, TimeProvider.System, NullLogger.Instance);
            var end = log.EndOffset;
            Assert.Equal(end, log.Append(TestLog.Batch("more")).BaseOffset);
        }
    }

    private Random Seeded(int seed)
    {
        output.WriteLine($"seed {seed}");
        return new Random(seed);
    }

    private static byte[] Segment(byte[][] batches)
    {
        var offset = 0L;
        var all = new List<byte>();
        foreach (var batch in batches)
        {
            var placed = batch.ToArray();
            System.Buffers.Binary.BinaryPrimitives.WriteInt64BigEndian(placed, offset);
            offset += new BatchHeader(placed).LastOffsetDelta + 1;
            all.AddRange(placed);
        }

        return [.. all];
    }

    /// <summary>Some bytes flipped, set to extremes, cut off, put in twice or left out.</summary>
    private static byte[] Mutated(Random random, byte[] bytes)
    {
        var mutated = bytes.ToArray();
        for (var left = 1 + random.Next(3); left > 0 && mutated.Length > 0; left--)
        {
            var at = random.Next(mutated.Length);
            switch (random.Next(6))
            {
                case < 3:
                    mutated[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 3:
                    mutated[at] = random.Next(2) == 0 ? (byte)0xff : (byte)0x7f;
                    break;
                case 4:
                    mutated = mutated[..at];
                    break;
                default:
                    var end = Math.Min(mutated.Length, at + random.Next(20));
                    mutated = random.Next(2) == 0 ? [.. mutated[..at], .. mutated[end..]] : [.. mutated[..end], .. mutated[at..]];
                    break;
            }
        }

        return mutated;
    }

    private sealed class Bytes(byte[] content) : IFile
    {
        public long Length => content.Length;

        public int Read(Span<byte> into, long position)
        {
            var count = (int)Math.Clamp(content.Length - position, 0, into.Length);
            content.AsSpan((int)Math.Min(position, content.Length), count).CopyTo(into);
            return count;
        }

        public void Write(ReadOnlySpan<byte> bytes, long position) => throw new UnreachableException();

        public void SetLength(long length) => throw new UnreachableException();

        public void Flush() => throw new UnreachableException();

        public void Dispose()
        {
        }
    }
}
