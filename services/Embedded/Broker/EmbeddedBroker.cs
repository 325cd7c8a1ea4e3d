using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Confluent.Kafka;
using Microsoft.Extensions.Logging;
using StreamDistill.Contracts;

namespace StreamDistill.Embedded.Broker;

/// <summary>
/// A single-node Kafka broker inside this process, for one machine without a Kafka of its own. It is librdkafka's mock
/// cluster behind <see cref="BrokerProxy"/>, and so it
/// keeps everything in memory, at most 5 MB per partition, and then drops the oldest records;
/// creates a topic, with <see cref="Topic.DefaultPartitions"/> partitions, when it is first asked about it (the pipeline's
/// are there from the start), and knows no CreateTopics;
/// applies a transaction's offsets with its commit, but shows its records at once, committed or not;
/// starts a consumer group three seconds after its first member.
/// </summary>
public sealed class EmbeddedBroker : IAsyncDisposable
{
    private static readonly TimeSpan MetadataTimeout = TimeSpan.FromSeconds(10);

    private readonly IProducer<Null, Null> mock;
    private readonly BrokerProxy proxy;

    private EmbeddedBroker(IProducer<Null, Null> mock, BrokerProxy proxy)
    {
        this.mock = mock;
        this.proxy = proxy;
    }

    /// <summary>The address for Kafka clients, host:port.</summary>
    public string BootstrapServers => proxy.Endpoint.ToString();

    /// <summary>Returns the broker once it accepts connections.</summary>
    /// <exception cref="StreamDistillException">The port is taken or not allowed, or the mock cluster did not start.</exception>
    public static async Task<EmbeddedBroker> StartAsync(BrokerOptions options, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (options.Port is < 0 or > IPEndPoint.MaxPort)
        {
            throw new StreamDistillException(string.Create(CultureInfo.InvariantCulture, $"The broker's port {options.Port} is not a port: use 1 to {IPEndPoint.MaxPort}, or 0 for a free one."));
        }

        var mock = StartMock(options.Logger);
        try
        {
            var upstream = await Task.Run(() => Open(mock), cancellationToken).ConfigureAwait(false);
            return new EmbeddedBroker(mock, BrokerProxy.Start(new IPEndPoint(IPAddress.Loopback, options.Port), upstream, options.Logger));
        }
        catch (SocketException e)
        {
            mock.Dispose();
            throw new StreamDistillException(string.Create(CultureInfo.InvariantCulture, $"The broker cannot listen on 127.0.0.1:{options.Port}: {e.Message}. Choose another port, or 0 for a free one."), isTransient: false, e);
        }
        catch
        {
            mock.Dispose();
            throw;
        }
    }

    /// <summary>Closes every connection and forgets every record.</summary>
    public async ValueTask DisposeAsync()
    {
        await proxy.DisposeAsync().ConfigureAwait(false);
        mock.Dispose();
    }

    private static IProducer<Null, Null> StartMock(ILogger logger)
    {
        var config = new ProducerConfig { ClientId = "streamdistill-broker" };
        config.Set("test.mock.num.brokers", "1");
        return new ProducerBuilder<Null, Null>(config)
            .SetLogHandler((_, message) =>
            {
                if (message.Level <= SyslogLevel.Warning)
                {
                    logger.LogWarning("The embedded broker says: {Message}", message.Message);
                }
            })
            .Build();
    }

    private static IPEndPoint Open(IProducer<Null, Null> mock)
    {
        // An admin client on the producer's handle belongs to the producer: it is disposed of with it.
        var admin = new DependentAdminClientBuilder(mock.Handle).Build();
        try
        {
            var broker = admin.GetMetadata(MetadataTimeout).Brokers.Single();
            foreach (var topic in Topics.All)
            {
                // Asking about a topic creates it. A consumer that subscribes before anyone has asked would get an error.
                admin.GetMetadata(topic.Name, MetadataTimeout);
            }

            return new IPEndPoint(IPAddress.Parse(broker.Host), broker.Port);
        }
        catch (KafkaException e)
        {
            throw new StreamDistillException("The embedded broker did not start: " + e.Error.Reason, isTransient: false, e);
        }
    }
}
