using System.Buffers.Binary;
using System.Text;
using StreamDistill.Embedded.Broker;
using StreamDistill.Embedded.Broker.Handlers;
using StreamDistill.Embedded.Broker.Log;
using StreamDistill.Embedded.Broker.Network;
using StreamDistill.Embedded.Broker.Protocol;

namespace StreamDistill.Embedded.Tests.Broker.Network;

/// <summary>
/// A million requests, by seed, most of them damaged, to a whole broker without its sockets: each is answered or refused with a
/// <see cref="MalformedRequestException" />, soon, and without memory for what was not sent.
/// </summary>
public sealed class RequestFuzzTests(ITestOutputHelper output) : IAsyncLifetime
{
    private const int RequestCases = 900_000;
    private const int FrameCases = 100_000;
    private const long AllocatedBytesMax = 4 << 20;
    private static readonly TimeSpan AnswerMax = TimeSpan.FromSeconds(20);

    // In memory where the system has such a thing: it is not the disk that is tested.
    private readonly string directory = Path.Combine(Directory.Exists("/dev/shm") ? "/dev/shm" : Path.GetTempPath(), $"streamdistill-fuzz-{Guid.NewGuid():N}");
    private BrokerServer broker = null!;

    public async ValueTask InitializeAsync() => broker = await BrokerServer.StartAsync(
        new BrokerOptions { AutoCreateTopics = false },
        directory,
        DiskFileSystem.Instance,
        catalog => Array.ForEach(["a", "b"], topic => catalog.Create(topic, 2, new Dictionary<string, string>())),
        TimeProvider.System);

    public async ValueTask DisposeAsync()
    {
        await broker.DisposeAsync();
        Directory.Delete(directory, recursive: true);
    }

    [Fact]
    public void Whatever_is_sent_is_answered_or_refused()
    {
        var seed = Environment.TickCount;
        output.WriteLine($"seed {seed}");
        var random = new Random(seed);
        var keys = RequestLayouts.Keys.ToArray();
        var refused = 0;
        for (var i = 0; i < RequestCases; i++)
        {
            var handler = broker.Dispatcher.Find(keys[i % keys.Length])!;
            var frame = Request(handler, random);
            var isWhole = random.Next(4) == 0;
            if (!isWhole)
            {
                frame = Damage(frame, random);
            }

            var before = GC.GetAllocatedBytesForCurrentThread();
            var outcome = Answer(frame);
            var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            refused += outcome is null ? 0 : 1;
            if ((isWhole && outcome is not null) || allocated > AllocatedBytesMax)
            {
                Assert.Fail($"case {i} of seed {seed}, {handler.Key}: {allocated} bytes allocated, {outcome?.Message ?? "answered"}: {Convert.ToHexString(frame)}");
            }
        }

        // Damage is noticed often, and not always: else the cases are not what they should be.
        Assert.InRange(refused, RequestCases / 10, RequestCases / 4 * 3);
    }

    [Fact]
    public void Whatever_comes_in_whatever_pieces_is_a_frame_or_refused()
    {
        const int BytesMax = 100_000;
        var seed = Environment.TickCount;
        output.WriteLine($"seed {seed}");
        var random = new Random(seed);
        var budget = new MemoryBudget(BytesMax);
        for (var i = 0; i < FrameCases; i++)
        {
            var sent = new byte[random.Next(i % 100 == 0 ? 60_000 : 200)];
            random.NextBytes(sent);
            if (sent.Length >= 4 && random.Next(4) > 0)
            {
                BinaryPrimitives.WriteInt32BigEndian(sent, random.Next(sent.Length * 2));
            }

            using var frames = new FrameReader(new PiecewiseStream(sent, random), budget, BytesMax, BytesMax / 2, new ConnectionClock(TimeProvider.System));
            var before = GC.GetAllocatedBytesForCurrentThread();
            var read = ReadAll(frames);
            var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            Assert.True(read <= sent.Length && allocated < BytesMax * 3, $"case {i} of seed {seed}: {read} bytes of {sent.Length} read, {allocated} allocated");
        }

        Assert.Equal(BytesMax, budget.Available);
    }

    private static byte[] Request(Handler handler, Random random)
    {
        var version = (short)random.Next(handler.Key == ApiKey.Produce ? 3 : handler.MinVersion, handler.MaxVersion + 1);
        using var writer = new KafkaWriter(isFlexible: false);
        writer.WriteInt16((short)handler.Key);
        writer.WriteInt16(version);
        writer.WriteInt32(random.Next());
        writer.WriteString(random.Next(2) == 0 ? null : "fuzz");
        writer.IsFlexible = version >= handler.FlexibleFrom;
        writer.WriteNoTags();
        RequestLayouts.Write(writer, handler.Key, version, random, () => Bytes(random));
        return writer.Written.ToArray();
    }

    private static byte[] Bytes(Random random) => random.Next(3) switch
    {
        0 => [],
        1 => RecordBatch.Build([new LogRecord(0, 1, null, Encoding.UTF8.GetBytes("v"))], random.Next(-1, 2), 0, random.Next(3), random.Next(2) == 0),
        _ => [0, 1, 0, 0, 0, 1, 0, 1, (byte)'a'],
    };

    private static byte[] Damage(byte[] frame, Random random)
    {
        switch (random.Next(6))
        {
            case 0:
                return frame[..random.Next(frame.Length)];
            case 1:
                return [.. frame, .. frame];
            case 2:
                random.NextBytes(frame.AsSpan(Math.Min(frame.Length, 8)));
                return frame;
            case 3:
                // A length, wherever one is, that announces more than there is.
                var at = random.Next(8, frame.Length);
                return [.. frame[..at], 0x7f, 0xff, 0xff, 0xff, 0x0f, .. frame[at..]];
            default:
                for (var flips = random.Next(1, 4); flips > 0; flips--)
                {
                    frame[random.Next(2, frame.Length)] ^= (byte)(1 << random.Next(8));
                }

                return frame;
        }
    }

    private static int ReadAll(FrameReader frames)
    {
        var read = 0;
        try
        {
            while (Finish(frames.ReadAsync(CancellationToken.None)) is { } frame)
            {
                read += sizeof(int) + frame.Length;
            }
        }
        catch (AggregateException e) when (e.InnerException is MalformedRequestException)
        {
            return read;
        }

        return read;
    }

    private static T Finish<T>(ValueTask<T> task)
    {
        var waiting = task.AsTask();
        return waiting.Wait(AnswerMax) ? waiting.GetAwaiter().GetResult() : throw new TimeoutException("There is no answer.");
    }

    /// <summary>Null where it was answered. A request that would wait (Fetch, JoinGroup) is given up at once.</summary>
    private MalformedRequestException? Answer(byte[] frame)
    {
        using var answer = new KafkaWriter(isFlexible: false);
        try
        {
            var connection = new ConnectionState("127.0.0.1", new BrokerAddress("127.0.0.1", 9092));
            Finish(broker.Dispatcher.AnswerAsync(frame, connection, answer, new CancellationToken(canceled: true)));
            return null;
        }
        catch (AggregateException e) when (e.InnerException is OperationCanceledException)
        {
            return null;
        }
        catch (AggregateException e) when (e.InnerException is MalformedRequestException refusal)
        {
            return refusal;
        }
    }

    /// <summary>Gives its bytes in pieces of any size.</summary>
    private sealed class PiecewiseStream(byte[] bytes, Random random) : MemoryStream(bytes)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            ValueTask.FromResult(Read(buffer.Span[..Math.Min(buffer.Length, random.Next(1, 20_000))]));
    }
}
