using Confluent.Kafka;
using Microsoft.Extensions.Logging;
using StreamDistill.Embedded.Broker;

namespace StreamDistill.Pipeline.Tests;

public sealed class ClientLogTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly Lines lines = new();
    private readonly ClientLog log;

    public ClientLogTests() => log = new ClientLog(lines, "consumer");

    [Fact]
    public void A_broken_connection_is_said_once_when_it_begins_and_once_when_it_ends()
    {
        for (var outage = 0; outage < 2; outage++)
        {
            log.Write(new Error(ErrorCode.Local_AllBrokersDown, "2/2 brokers are down"));
            Refused("127.0.0.1:9092/bootstrap: Connect to ipv4#127.0.0.1:9092 failed: Connection refused (after 0ms in state CONNECT)");
            Refused("127.0.0.1:9092/1: Connect to ipv4#127.0.0.1:9092 failed: Connection refused (after 1ms in state CONNECT, 3 identical error(s) suppressed)");
            Refused("GroupCoordinator: 127.0.0.1:9092: Disconnected (after 1234ms in state UP)");
            log.Write(new Error(ErrorCode.Local_AllBrokersDown, "2/2 brokers are down"));
            Look(("127.0.0.1:9092", "TRY_CONNECT"));
            Look(("127.0.0.1:9092", "INIT"), ("127.0.0.1:9092", "UP"));
            Look(("127.0.0.1:9092", "UP"));
        }

        var broken = (LogLevel.Warning, "Kafka consumer: 127.0.0.1:9092/bootstrap: Connect to ipv4#127.0.0.1:9092 failed: Connection refused (after 0ms in state CONNECT)");
        var again = (LogLevel.Information, "Kafka consumer: 127.0.0.1:9092 answers again.");
        Assert.Equal([broken, again, broken, again], lines.All);
    }

    [Fact]
    public void One_of_several_brokers_answers_again_when_it_does_and_not_when_another_does()
    {
        Refused("ssl://b1.example:9093/1: Connect to ipv4#10.0.0.1:9093 failed: Connection refused (after 0ms in state CONNECT)");
        Refused("ssl://b2.example:9093/2: Failed to resolve 'b2.example:9093': Name or service not known (after 3ms in state CONNECT)", ErrorCode.Local_Resolve);
        Look(("b1.example:9093", "CONNECT"), ("b2.example:9093", "UP"), ("b3.example:9093", "UP"));

        Assert.Equal(3, lines.All.Count);
        Assert.Equal((LogLevel.Information, "Kafka consumer: b2.example:9093 answers again."), lines.All[^1]);
    }

    [Fact]
    public void Every_other_error_is_said_each_time_and_log_lines_are_for_debugging()
    {
        Refused("127.0.0.1:9092/1: Connect to ipv4#127.0.0.1:9092 failed: Connection refused (after 0ms in state CONNECT)");
        log.Write(new Error(ErrorCode.TopicAuthorizationFailed, "Broker: Topic authorization failed"));
        log.Write(new Error(ErrorCode.TopicAuthorizationFailed, "Broker: Topic authorization failed"));
        log.Write(new LogMessage("rdkafka#consumer-1", SyslogLevel.Error, "FAIL", "[thrd:x]: x"));

        Assert.Equal(2, lines.All.Count(line => line == (LogLevel.Warning, "Kafka consumer: Broker: Topic authorization failed")));
        Assert.Equal((LogLevel.Debug, "librdkafka consumer FAIL: [thrd:x]: x"), lines.All[^1]);
    }

    [Fact]
    public async Task A_client_says_once_that_its_broker_is_away_and_once_that_it_answers_again()
    {
        var port = BrokerOutageTests.FreePort();
        using var producer = new ProducerBuilder<byte[], byte[]>(new ProducerConfig { BootstrapServers = $"127.0.0.1:{port}", StatisticsIntervalMs = 100, ReconnectBackoffMaxMs = 100 })
            .SetErrorHandler((_, error) => log.Write(error))
            .SetStatisticsHandler((_, statistics) => log.Look(statistics))
            .SetLogHandler((_, message) => log.Write(message))
            .Build();
        for (var outage = 1; outage <= 2; outage++)
        {
            await AwaitAsync(LogLevel.Warning, outage);

            // Some more attempts, each of which fails.
            await Task.Delay(500, TestContext.Current.CancellationToken);
            await using var broker = await EmbeddedBroker.StartAsync(new BrokerOptions { Port = port }, TestContext.Current.CancellationToken);
            await AwaitAsync(LogLevel.Information, outage);
        }

        LogLevel[] expected = [LogLevel.Warning, LogLevel.Information, LogLevel.Warning, LogLevel.Information];
        var said = lines.All.Where(line => line.Level > LogLevel.Debug).Take(expected.Length).ToList();
        Assert.True(said.Select(line => line.Level).SequenceEqual(expected), string.Join('\n', said));
    }

    private void Refused(string reason, ErrorCode code = ErrorCode.Local_Transport) => log.Write(new Error(code, reason));

    private void Look(params (string Address, string State)[] brokers) =>
        log.Look($$"""{ "brokers": { {{string.Join(", ", brokers.Select((broker, i) => $$"""
            "{{broker.Address}}/{{i}}": { "nodename": "{{broker.Address}}", "state": "{{broker.State}}" }
            """))}} } }""");

    private async Task AwaitAsync(LogLevel level, int count)
    {
        using var waiting = new CancellationTokenSource(Patience);
        while (lines.All.Count(line => line.Level == level) < count)
        {
            await Task.Delay(20, waiting.Token);
        }
    }

    private sealed class Lines : ILogger
    {
        private readonly List<(LogLevel Level, string Text)> lines = [];

        public IReadOnlyList<(LogLevel Level, string Text)> All
        {
            get
            {
                lock (lines)
                {
                    return [.. lines];
                }
            }
        }

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            lock (lines)
            {
                lines.Add((logLevel, formatter(state, exception)));
            }
        }
    }
}
