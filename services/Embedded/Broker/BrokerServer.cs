using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Logging;
using StreamDistill.Contracts;
using StreamDistill.Embedded.Broker.Catalog;
using StreamDistill.Embedded.Broker.Groups;
using StreamDistill.Embedded.Broker.Handlers;
using StreamDistill.Embedded.Broker.Log;
using StreamDistill.Embedded.Broker.Network;
using StreamDistill.Embedded.Broker.Transactions;

namespace StreamDistill.Embedded.Broker;

/// <summary>
/// The broker's parts, put together. It starts in the order in which they need each other: the catalog recovers the logs, groups
/// read their offsets, transactions bring the logs into agreement, and only then is there anyone to connect to. It stops in the
/// opposite order.
/// </summary>
internal sealed class BrokerServer : IAsyncDisposable
{
    /// <summary>Handlers write, and where they must flush, on the pool's threads, which wait for the disk then: as many as there are cores are too few.</summary>
    private const int ThreadsMin = 32;

    private readonly Stack<IAsyncDisposable> parts = new();
    private Listener? listener;

    private BrokerServer()
    {
    }

    /// <summary>The address listened on.</summary>
    public IPEndPoint Endpoint => listener!.Endpoint;

    /// <summary>The topics.</summary>
    public TopicCatalog Catalog { get; private set; } = null!;

    /// <summary>Answers requests.</summary>
    public RequestDispatcher Dispatcher { get; private set; } = null!;

    /// <summary>Returns the broker once it accepts connections.</summary>
    /// <param name="options">Valid ones.</param>
    /// <param name="directory">Where the log is.</param>
    /// <param name="files">The file system.</param>
    /// <param name="prepare">Called before anyone can connect.</param>
    /// <param name="time">For everything that takes time.</param>
    /// <exception cref="System.Net.Sockets.SocketException">The address is taken or not allowed.</exception>
    /// <exception cref="StreamDistillException">The directory is in use or damaged; a file of the options cannot be read.</exception>
    public static async Task<BrokerServer> StartAsync(BrokerOptions options, string directory, IFileSystem files, Action<TopicCatalog> prepare, TimeProvider time)
    {
        var server = new BrokerServer();
        try
        {
            await server.OpenAsync(options, directory, files, prepare, time).ConfigureAwait(false);
            return server;
        }
        catch
        {
            await server.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Takes no more requests, finishes those in progress, flushes and closes.</summary>
    public async ValueTask DisposeAsync()
    {
        while (parts.TryPop(out var part))
        {
            await part.DisposeAsync().ConfigureAwait(false);
        }
    }

    private async Task OpenAsync(BrokerOptions options, string directory, IFileSystem files, Action<TopicCatalog> prepare, TimeProvider time)
    {
        ThreadPool.GetMinThreads(out var threads, out var completing);
        ThreadPool.SetMinThreads(Math.Max(threads, ThreadsMin), completing);
        var logger = options.Logger;
        var users = options.UsersFile is { } usersFile ? SaslUsers.Read(usersFile) : null;
        var certificate = options.CertificateFile is { } file ? ReadCertificate(file, options.KeyFile!) : null;

        Catalog = TopicCatalog.Open(files, directory, new CatalogOptions { DefaultPartitions = options.DefaultPartitions, AutoCreates = options.AutoCreateTopics }, time, logger);
        parts.Push(new Closing(Catalog));
        var groups = new GroupCoordinator(Catalog.Partition(TopicCatalog.ConsumerOffsets, 0)!, (topic, partition) => Catalog.Partition(topic, partition) is not null, new GroupOptions { FlushesCommits = options.FsyncAlways }, time, logger);
        parts.Push(new Closing(groups));
        var transactions = new TransactionCoordinator(Catalog, groups, time, logger);
        parts.Push(transactions);
        await transactions.RecoverAsync(TransactionCoordinator.CurrentBoot).ConfigureAwait(false);
        transactions.Start();
        prepare(Catalog);

        var flusher = new LogFlusher(() => Catalog.Topics.Values.SelectMany(topic => topic.Partitions), TimeSpan.FromMilliseconds(50), time, logger);
        parts.Push(new Closing(flusher));
        parts.Push(new Closing(new Maintenance(Catalog, time, logger)));

        var memory = new BrokerMemory(new MemoryBudget(options.RequestMemoryBytesMax), new MemoryBudget(options.RequestMemoryBytesMax));
        Dispatcher = new RequestDispatcher(MakeHandlers(options, groups, transactions, flusher, memory, users, time), requiresAuthentication: users is not null);
        var address = new IPEndPoint(options.Host == "localhost" ? IPAddress.Loopback : IPAddress.Parse(options.Host), options.Port);
        var listening = new ListenerOptions(address, options.RequestBytesMax) { AdvertisedHost = options.AdvertisedHost, Certificate = certificate, ConnectionsMax = options.ConnectionsMax };
        listener = Listener.Start(listening, Dispatcher, memory, time, logger);
        parts.Push(listener);
    }

    private static X509Certificate2 ReadCertificate(string certificateFile, string keyFile)
    {
        try
        {
            return X509Certificate2.CreateFromPemFile(certificateFile, keyFile);
        }
        catch (Exception e) when (e is CryptographicException or IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new StreamDistillException($"The certificate {certificateFile} with the key {keyFile} cannot be used: {e.Message} Both are PEM files.", isTransient: false, e);
        }
    }

    private List<Handler> MakeHandlers(
        BrokerOptions options, GroupCoordinator groups, TransactionCoordinator transactions, LogFlusher flusher, BrokerMemory memory, SaslUsers? users, TimeProvider time)
    {
        var versions = new ApiVersionsHandler();
        List<Handler> handlers =
        [
            new ProduceHandler(Catalog, transactions, options.FsyncAlways ? null : flusher, options.Logger),
            new FetchHandler(Catalog, memory.Answers, options.FetchBytesMax, time),
            new ListOffsetsHandler(Catalog),
            new MetadataHandler(Catalog),
            new OffsetCommitHandler(groups),
            new OffsetFetchHandler(groups),
            new FindCoordinatorHandler(),
            new JoinGroupHandler(groups),
            new HeartbeatHandler(groups),
            new LeaveGroupHandler(groups),
            new SyncGroupHandler(groups),
            new DescribeGroupsHandler(groups),
            new ListGroupsHandler(groups),
            new SaslHandshakeHandler(users is not null),
            versions,
            new CreateTopicsHandler(Catalog),
            new DeleteTopicsHandler(Catalog, groups.ForgetTopic),
            new DeleteRecordsHandler(Catalog),
            new InitProducerIdHandler(transactions),
            new OffsetForLeaderEpochHandler(Catalog),
            new AddPartitionsToTxnHandler(transactions, Catalog),
            new AddOffsetsToTxnHandler(transactions),
            new EndTxnHandler(transactions),
            new WriteTxnMarkersHandler(transactions),
            new TxnOffsetCommitHandler(groups, transactions),
            new DescribeConfigsHandler(Catalog),
            new AlterConfigsHandler(Catalog),
            new DescribeLogDirsHandler(Catalog),
            new SaslAuthenticateHandler(users, time),
            new CreatePartitionsHandler(Catalog),
            new DeleteGroupsHandler(groups),
            new IncrementalAlterConfigsHandler(Catalog),
            new OffsetDeleteHandler(groups),
            new DescribeClusterHandler(Catalog),
            new DescribeProducersHandler(Catalog),
            new DescribeTransactionsHandler(transactions),
            new ListTransactionsHandler(transactions, time),
        ];
        versions.Describe(handlers);
        return handlers;
    }

    /// <summary>A part that closes at once.</summary>
    private sealed class Closing(IDisposable part) : IAsyncDisposable
    {
        public ValueTask DisposeAsync()
        {
            part.Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
