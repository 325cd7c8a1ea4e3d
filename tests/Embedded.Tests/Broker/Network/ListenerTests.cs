using System.Collections.Concurrent;
using System.Net;
using Microsoft.Extensions.Logging;
using StreamDistill.Embedded.Broker.Handlers;
using StreamDistill.Embedded.Broker.Network;
using StreamDistill.Embedded.Broker.Protocol;

namespace StreamDistill.Embedded.Tests.Broker.Network;

public sealed class ListenerTests : IAsyncDisposable
{
    private const short ApiVersionsKey = 18;

    private readonly ManualTime time = new();
    private readonly Log log = new();
    private readonly BrokerMemory memory = new(new MemoryBudget(64 << 10), new MemoryBudget(64 << 10));
    private readonly EchoHandler echo = new();
    private readonly Listener listener;

    public ListenerTests()
    {
        var versions = new ApiVersionsHandler();
        Handler[] handlers = [echo, versions, new BrokenHandler(), new WaitingHandler()];
        versions.Describe(handlers);
        var options = new ListenerOptions(new IPEndPoint(IPAddress.Loopback, 0), 64 << 10) { OtherBytesMax = 40 << 10, ConnectionsMax = 3 };
        listener = Listener.Start(options, new RequestDispatcher(handlers, requiresAuthentication: false), memory, time, log);
    }

    public ValueTask DisposeAsync() => listener.DisposeAsync();

    [Fact]
    public async Task A_version_of_ApiVersions_that_is_not_known_is_answered_in_version_0_with_the_list()
    {
        using var client = await ConnectAsync();
        await client.SendAsync(RawClient.Frame(ApiVersionsKey, 99, 7, isFlexible: true));

        var answer = new KafkaReader(await client.ReceiveAsync(), isFlexible: false);

        Assert.Equal(7, answer.ReadInt32());
        Assert.Equal((short)ErrorCode.UnsupportedVersion, answer.ReadInt16());
        Assert.Equal([0, 3, 12, 18], answer.ReadArray(reader => (reader.ReadInt16(), reader.ReadInt16(), reader.ReadInt16()).Item1).Select(key => (int)key));
        Assert.Equal(0, answer.Remaining);
    }

    [Fact]
    public async Task The_answer_of_ApiVersions_never_has_tags_in_its_header()
    {
        using var client = await ConnectAsync();
        await client.SendAsync(RawClient.Frame(ApiVersionsKey, 3, 7, Software, isFlexible: true));

        var answer = new KafkaReader(await client.ReceiveAsync(), isFlexible: true);

        Assert.Equal((7, 0, 4), (answer.ReadInt32(), answer.ReadInt16(), answer.ReadArrayLength()));
    }

    [Fact]
    public async Task Requests_sent_at_once_are_answered_in_order()
    {
        using var client = await ConnectAsync();
        await client.SendAsync([.. Enumerable.Range(0, 300).SelectMany(i => Echo(i, new byte[i * 100]))]);

        for (var i = 0; i < 300; i++)
        {
            var answer = (await client.ReceiveAsync())!;
            Assert.Equal((i, i * 100), (new KafkaReader(answer, false).ReadInt32(), answer.Length - 8));
        }
    }

    [Fact]
    public async Task A_frame_that_comes_byte_by_byte_is_read()
    {
        using var client = await ConnectAsync();
        foreach (var one in Echo(1, [1, 2, 3]))
        {
            await client.SendAsync([one]);
        }

        Assert.Equal(11, (await client.ReceiveAsync())!.Length);
    }

    [Theory]
    [InlineData("7fffffff 0000", "2147483647")]
    [InlineData("ffffffff 0000", "-1")]
    [InlineData("00010001 0000", "65537")]
    [InlineData("0000a001 0003", "40961")]
    [InlineData("00000003 000000", "announced at byte")]
    [InlineData("0000000a 0063 0000 00000000 ffff", "Request 99")]
    [InlineData("0000000a 0003 0009 00000000 ffff", "Metadata version 9")]
    [InlineData("0000000a 0003 0000 00000000 0100", "256 more")]
    public async Task What_is_no_request_closes_its_connection_with_a_reason_and_no_other(string bytes, string reason)
    {
        using var other = await ConnectAsync();
        using var client = await ConnectAsync();

        await client.SendAsync(Convert.FromHexString(bytes.Replace(" ", "", StringComparison.Ordinal)));

        Assert.Null(await client.ReceiveAsync());
        Assert.Contains(reason, (await log.NextAsync()), StringComparison.Ordinal);
        await other.SendAsync(Echo(5, []));
        Assert.NotNull(await other.ReceiveAsync());
    }

    [Fact]
    public async Task A_handler_that_fails_closes_the_connection_unanswered_and_the_broker_lives()
    {
        using var client = await ConnectAsync();
        await client.SendAsync(RawClient.Frame((short)ApiKey.Metadata, 0, 1));

        Assert.Null(await client.ReceiveAsync());
        Assert.Contains("broker's fault", await log.NextAsync(), StringComparison.Ordinal);
        using var next = await ConnectAsync();
        await next.SendAsync(Echo(5, []));
        Assert.NotNull(await next.ReceiveAsync());
    }

    [Fact]
    public async Task Half_a_request_is_given_up_and_its_memory_comes_back()
    {
        using var client = await ConnectAsync();
        await client.SendAsync(Echo(1, new byte[60 << 10])[..(30 << 10)]);
        await Eventually(() => memory.Requests.Available < 10 << 10);

        await UntilClosedAsync(client, TimeSpan.FromSeconds(31));

        Assert.Contains("not complete after 30 s", await log.NextAsync(), StringComparison.Ordinal);
        await Eventually(() => memory.Requests.Available == 64 << 10);
    }

    [Fact]
    public async Task A_client_that_does_not_take_its_answers_is_cut_off_and_the_others_go_on()
    {
        using var slow = await ConnectAsync();
        await slow.SendAsync(RawClient.Frame((short)ApiKey.Produce, 1, 1));
        await Eventually(() => memory.Answers.Available < 0);

        var noticed = log.NextAsync();
        while (!noticed.IsCompleted)
        {
            time.Advance(TimeSpan.FromSeconds(31));
            await Task.Delay(50, TestContext.Current.CancellationToken);
        }

        Assert.Contains("did not take its answer for 30 s", await noticed, StringComparison.Ordinal);
        await Eventually(() => memory.Answers.Available == 64 << 10);
        using var other = await ConnectAsync();
        await other.SendAsync(Echo(2, []));
        Assert.NotNull(await other.ReceiveAsync());
    }

    [Fact]
    public async Task An_idle_connection_is_closed_after_ten_minutes()
    {
        using var client = await ConnectAsync();
        await client.SendAsync(Echo(1, []));
        await client.ReceiveAsync();

        await UntilClosedAsync(client, TimeSpan.FromMinutes(11));
    }

    [Fact]
    public async Task A_request_waits_while_others_have_the_memory()
    {
        using var first = await ConnectAsync();
        using var second = await ConnectAsync();
        echo.Gate.Reset();
        await first.SendAsync(Echo(1, new byte[40 << 10]));
        await Eventually(() => memory.Requests.Available < 30 << 10);
        await second.SendAsync(Echo(2, new byte[40 << 10]));
        var waiting = second.ReceiveAsync();

        echo.Gate.Set();

        Assert.NotNull(await first.ReceiveAsync());
        Assert.NotNull(await waiting);
        await Eventually(() => memory.Requests.Available == 64 << 10);
    }

    [Fact]
    public async Task A_connection_too_many_is_closed_at_once()
    {
        var clients = new List<RawClient>();
        for (var i = 0; i < 3; i++)
        {
            clients.Add(await ConnectAsync());
        }

        using var tooMany = await ConnectAsync();

        Assert.Null(await tooMany.ReceiveAsync());
        Assert.Contains("there are 3 already", await log.NextAsync(), StringComparison.Ordinal);
        clients.ForEach(client => client.Dispose());
    }

    [Fact]
    public async Task A_waiting_handler_hears_that_its_client_has_gone()
    {
        var client = await ConnectAsync();
        await client.SendAsync(RawClient.Frame((short)ApiKey.Heartbeat, 0, 1));
        await WaitingHandler.Entered.WaitAsync(TestContext.Current.CancellationToken);
        client.Dispose();

        await WaitingHandler.Left.WaitAsync(TestContext.Current.CancellationToken);
    }

    private static void Software(KafkaWriter body)
    {
        body.WriteString("test");
        body.WriteString("1");
        body.WriteNoTags();
    }

    private static byte[] Echo(int correlation, byte[] bytes) => RawClient.Frame((short)ApiKey.Produce, 0, correlation, body => body.WriteBytes(bytes));

    private static async Task Eventually(Func<bool> holds)
    {
        while (!holds())
        {
            await Task.Delay(5, TestContext.Current.CancellationToken);
        }
    }

    private async Task<RawClient> ConnectAsync() => await RawClient.ConnectAsync(listener.Endpoint);

    /// <summary>Time goes on again and again, because the broker may not have seen yet what the client did.</summary>
    private async Task UntilClosedAsync(RawClient client, TimeSpan step)
    {
        var closed = client.ReceiveAsync();
        while (!closed.IsCompleted)
        {
            time.Advance(step);
            await Task.Delay(5, TestContext.Current.CancellationToken);
        }

        Assert.Null(await closed);
    }

    /// <summary>Answers in version 1 with more than any socket takes at once.</summary>
    private sealed class EchoHandler() : Handler(ApiKey.Produce, 0, 1, short.MaxValue)
    {
        private const int MoreThanSocketsTake = 64 << 20;

        public ManualResetEventSlim Gate { get; } = new(initialState: true);

        public override ValueTask<bool> HandleAsync(Request request, KafkaWriter response, CancellationToken cancellationToken)
        {
            Gate.Wait(cancellationToken);
            if (request.Version == 1)
            {
                response.Add(MoreThanSocketsTake).Clear();
                return ValueTask.FromResult(true);
            }

            response.WriteBytes(request.Body.ReadBytes().Span);
            return ValueTask.FromResult(true);
        }
    }

    private sealed class BrokenHandler() : Handler(ApiKey.Metadata, 0, 0, short.MaxValue)
    {
        public override ValueTask<bool> HandleAsync(Request request, KafkaWriter response, CancellationToken cancellationToken)
        {
            response.WriteInt32(1);
            throw new InvalidOperationException("broken");
        }
    }

    private sealed class WaitingHandler() : Handler(ApiKey.Heartbeat, 0, 0, short.MaxValue)
    {
        public static SemaphoreSlim Entered { get; } = new(0);

        public static SemaphoreSlim Left { get; } = new(0);

        public override async ValueTask<bool> HandleAsync(Request request, KafkaWriter response, CancellationToken cancellationToken)
        {
            Entered.Release();
            try
            {
                await Task.Delay(Timeout.Infinite, cancellationToken);
            }
            finally
            {
                Left.Release();
            }

            return true;
        }
    }

    private sealed class Log : ILogger
    {
        private readonly ConcurrentQueue<string> messages = new();
        private readonly SemaphoreSlim count = new(0);

        public async Task<string> NextAsync()
        {
            await count.WaitAsync(TestContext.Current.CancellationToken);
            messages.TryDequeue(out var message);
            return message!;
        }

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        void ILogger.Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            messages.Enqueue(formatter(state, exception));
            count.Release();
        }
    }
}
