using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Confluent.Kafka;
using Confluent.Kafka.Admin;
using StreamDistill.Contracts;
using StreamDistill.Embedded.Broker;

namespace StreamDistill.Embedded.Tests.Broker;

/// <summary>The broker as librdkafka sees it.</summary>
public sealed class ClientTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly TemporaryDirectory directory = new();

    public void Dispose() => directory.Dispose();

    [Theory]
    [InlineData(CompressionType.None)]
    [InlineData(CompressionType.Gzip)]
    [InlineData(CompressionType.Snappy)]
    [InlineData(CompressionType.Lz4)]
    [InlineData(CompressionType.Zstd)]
    public async Task Records_of_every_compression_are_read_as_they_were_written(CompressionType compression)
    {
        await using var broker = await StartAsync();
        var sent = Enumerable.Range(0, 500).Select(i => $"{i}:{new string('x', i)}").ToList();

        Produce(broker, "records", sent, config => config.CompressionType = compression);

        Assert.Equal(sent, Read(broker, "records"));
    }

    [Fact]
    public async Task Records_and_committed_offsets_are_there_after_a_restart()
    {
        var sent = Enumerable.Range(0, 1000).Select(i => $"{i}").ToList();
        await using (var broker = await StartAsync())
        {
            Produce(broker, "records", sent, config => config.EnableIdempotence = true);
            using var consumer = Consumer(broker);
            consumer.Commit([new TopicPartitionOffset("records", 0, 400)]);
        }

        await using var again = await StartAsync();

        Assert.Equal(sent, Read(again, "records"));
        using var reader = Consumer(again);
        Assert.Equal(400, reader.Committed([new TopicPartition("records", 0)], Patience).Single().Offset.Value);
    }

    [Fact]
    public async Task Offsets_are_found_by_time()
    {
        await using var broker = await StartAsync();
        // Recent: retention deletes what is older than a week, whenever it was written.
        var start = DateTime.UtcNow.AddHours(-1);
        using (var producer = new ProducerBuilder<Null, string>(new ProducerConfig { BootstrapServers = broker.BootstrapServers }).Build())
        {
            for (var i = 0; i < 10; i++)
            {
                await producer.ProduceAsync(new TopicPartition("timed", 0), new Message<Null, string> { Value = "v", Timestamp = new Timestamp(start.AddMinutes(i)) });
            }
        }

        using var consumer = Consumer(broker);
        var asked = new[] { -10.0, 3, 3.5, 100 }.Select(minutes => new TopicPartitionTimestamp("timed", 0, new Timestamp(start.AddMinutes(minutes))));
        var found = asked.Select(one => consumer.OffsetsForTimes([one], Patience).Single().Offset.Value);

        Assert.Equal([0, 3, 4, Offset.End.Value], found);
    }

    [Fact]
    public async Task A_record_of_some_megabytes_goes_through_where_the_topic_allows_it_and_is_refused_where_not()
    {
        await using var broker = await StartAsync();
        using (var admin = new AdminClientBuilder(new AdminClientConfig { BootstrapServers = broker.BootstrapServers }).Build())
        {
            await admin.CreateTopicsAsync([
                new TopicSpecification { Name = "large", NumPartitions = 1, ReplicationFactor = 1, Configs = new() { ["max.message.bytes"] = "20000000" } },
                new TopicSpecification { Name = "small", NumPartitions = 1, ReplicationFactor = 1 },
            ]);
        }

        var large = new string('x', 10 << 20);
        using var producer = new ProducerBuilder<Null, string>(new ProducerConfig { BootstrapServers = broker.BootstrapServers, MessageMaxBytes = 20_000_000 }).Build();
        await producer.ProduceAsync("large", new Message<Null, string> { Value = large });
        var refused = await Assert.ThrowsAsync<ProduceException<Null, string>>(() => producer.ProduceAsync("small", new Message<Null, string> { Value = large }));

        Assert.Equal(ErrorCode.MsgSizeTooLarge, refused.Error.Code);
        Assert.Equal([large], Read(broker, "large"));
    }

    [Fact]
    public async Task A_reader_of_many_partitions_hears_of_a_record_in_any_of_them()
    {
        await using var broker = await StartAsync(new BrokerOptions { DefaultPartitions = 200 });
        using var producer = new ProducerBuilder<Null, string>(new ProducerConfig { BootstrapServers = broker.BootstrapServers }).Build();
        await producer.ProduceAsync(new TopicPartition("many", 0), new Message<Null, string> { Value = "first" });
        using var consumer = Consumer(broker);
        consumer.Assign(Enumerable.Range(0, 200).Select(partition => new TopicPartitionOffset("many", partition, Offset.Beginning)));
        Assert.Equal("first", Next(consumer));

        foreach (var partition in new[] { 199, 3, 77 })
        {
            await producer.ProduceAsync(new TopicPartition("many", partition), new Message<Null, string> { Value = $"in {partition}" });
            Assert.Equal($"in {partition}", Next(consumer));
        }
    }

    [Fact]
    public async Task The_brokers_own_topics_are_not_written_by_clients()
    {
        await using var broker = await StartAsync();
        using var producer = new ProducerBuilder<Null, string>(new ProducerConfig { BootstrapServers = broker.BootstrapServers, MessageTimeoutMs = 5000 }).Build();

        var refused = await Assert.ThrowsAsync<ProduceException<Null, string>>(() => producer.ProduceAsync("__consumer_offsets", new Message<Null, string> { Value = "v" }));

        Assert.Equal(ErrorCode.TopicException, refused.Error.Code);
    }

    [Fact]
    public async Task Only_users_with_their_password_get_in_over_TLS()
    {
        var (certificate, key, users) = (Path.Combine(directory.Path, "cert.pem"), Path.Combine(directory.Path, "key.pem"), Path.Combine(directory.Path, "users"));
        WriteCertificate(certificate, key);
        var salt = RandomNumberGenerator.GetBytes(16);
        var hash = Rfc2898DeriveBytes.Pbkdf2("s3cret", salt, 1000, HashAlgorithmName.SHA256, 32);
        await File.WriteAllLinesAsync(
            users,
            ["# who may", $"ann:sha256:{Convert.ToHexStringLower(SHA256.HashData("pass"u8))}", $"bob:pbkdf2-sha256:1000:{Convert.ToBase64String(salt)}:{Convert.ToBase64String(hash)}"],
            TestContext.Current.CancellationToken);
        await using var broker = await StartAsync(new BrokerOptions { UsersFile = users, CertificateFile = certificate, KeyFile = key });

        Assert.True(CanConnect("ann", "pass", Patience));
        Assert.True(CanConnect("bob", "s3cret", Patience));

        // A client that is refused tries again until its time is over.
        var moment = TimeSpan.FromSeconds(1);
        Assert.False(CanConnect("ann", "s3cret", moment));
        Assert.False(CanConnect("nobody", "pass", moment));
        Assert.False(CanConnect(null, null, moment));

        bool CanConnect(string? user, string? password, TimeSpan timeout)
        {
            var config = new AdminClientConfig
            {
                BootstrapServers = broker.BootstrapServers,
                SecurityProtocol = user is null ? SecurityProtocol.Ssl : SecurityProtocol.SaslSsl,
                SaslMechanism = user is null ? null : SaslMechanism.Plain,
                SaslUsername = user,
                SaslPassword = password,
                SslCaLocation = certificate,
                SslEndpointIdentificationAlgorithm = SslEndpointIdentificationAlgorithm.None,
            };
            using var admin = new AdminClientBuilder(config).SetLogHandler((_, _) => { }).Build();
            try
            {
                return admin.GetMetadata(timeout).Brokers.Count == 1;
            }
            catch (KafkaException)
            {
                return false;
            }
        }
    }

    [Theory]
    [InlineData("0.0.0.0", "a loopback address such as 127.0.0.1, unless UsersFile")]
    [InlineData("not an address", "an IP address of this machine")]
    public async Task A_host_that_is_open_to_strangers_is_refused(string host, string allowed)
    {
        var refused = await Assert.ThrowsAsync<StreamDistillException>(() => StartAsync(new BrokerOptions { Host = host }));

        Assert.Contains($"Broker:Host is '{host}'", refused.Message, StringComparison.Ordinal);
        Assert.Contains(allowed, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Two_brokers_do_not_use_the_same_directory()
    {
        await using var broker = await StartAsync();

        var refused = await Assert.ThrowsAsync<StreamDistillException>(() => StartAsync());

        Assert.Contains(directory.Path, refused.Message, StringComparison.Ordinal);
    }

    private Task<EmbeddedBroker> StartAsync(BrokerOptions? options = null) =>
        EmbeddedBroker.StartAsync((options ?? new BrokerOptions()) with { DataDirectory = Path.Combine(directory.Path, "data") }, TestContext.Current.CancellationToken);

    private static void Produce(EmbeddedBroker broker, string topic, IEnumerable<string> values, Action<ProducerConfig> configure)
    {
        var config = new ProducerConfig { BootstrapServers = broker.BootstrapServers };
        configure(config);
        using var producer = new ProducerBuilder<Null, string>(config).Build();
        foreach (var value in values)
        {
            producer.Produce(new TopicPartition(topic, 0), new Message<Null, string> { Value = value });
        }

        Assert.Equal(0, producer.Flush(Patience));
    }

    private static IConsumer<Ignore, string> Consumer(EmbeddedBroker broker) => new ConsumerBuilder<Ignore, string>(new ConsumerConfig
    {
        BootstrapServers = broker.BootstrapServers,
        GroupId = "group",
        EnableAutoCommit = false,
        EnablePartitionEof = true,
        CheckCrcs = true,
    }).Build();

    private static string? Next(IConsumer<Ignore, string> consumer)
    {
        var result = consumer.Consume(Patience);
        while (result is { IsPartitionEOF: true })
        {
            result = consumer.Consume(Patience);
        }

        return result?.Message.Value;
    }

    private static List<string> Read(EmbeddedBroker broker, string topic)
    {
        using var consumer = Consumer(broker);
        consumer.Assign(new TopicPartitionOffset(topic, 0, Offset.Beginning));
        var read = new List<string>();
        while (consumer.Consume(Patience) is { IsPartitionEOF: false } result)
        {
            read.Add(result.Message.Value);
        }

        return read;
    }

    private static void WriteCertificate(string certificateFile, string keyFile)
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=127.0.0.1", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: false, pathLengthConstraint: 0, critical: true));
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        File.WriteAllText(certificateFile, certificate.ExportCertificatePem(), Encoding.ASCII);
        File.WriteAllText(keyFile, key.ExportPkcs8PrivateKeyPem(), Encoding.ASCII);
    }
}
