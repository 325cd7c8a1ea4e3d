using StreamDistill.Contracts;
using StreamDistill.Embedded.Broker;
using StreamDistill.Embedded.Broker.Catalog;
using StreamDistill.Embedded.Broker.Log;
using StreamDistill.Embedded.Broker.Protocol;

namespace StreamDistill.Embedded.Tests.Broker.Transactions;

public sealed class DamagedLogTests : IDisposable
{
    private readonly TemporaryDirectory directory = new();

    public void Dispose() => directory.Dispose();

    [Theory]
    [InlineData(TopicCatalog.ConsumerOffsets)]
    [InlineData(TopicCatalog.TransactionState)]
    public async Task Damage_in_a_log_of_the_brokers_own_stops_the_start_and_is_named_with_what_to_do(string topic)
    {
        await WriteAsync();
        var partition = Path.Combine(Directory.GetDirectories(Path.Combine(directory.Path, "topics"), topic + ".*").Single(), "0");
        var file = Directory.GetFiles(partition, "*.log").Single();
        var bytes = await File.ReadAllBytesAsync(file, TestContext.Current.CancellationToken);
        bytes[BatchHeader.Size + 5] ^= 1;
        await File.WriteAllBytesAsync(file, bytes, TestContext.Current.CancellationToken);

        var refused = await Assert.ThrowsAsync<StreamDistillException>(StartAsync);

        Assert.False(refused.IsTransient);
        Assert.Contains($"{topic}-0 cannot be read at offset 0: {file} is damaged at byte 0", refused.Message, StringComparison.Ordinal);
        Assert.Contains("make its directory empty", refused.Message, StringComparison.Ordinal);
        foreach (var path in Directory.GetFiles(partition))
        {
            File.Delete(path);
        }

        await using var broker = await StartAsync();
    }

    private Task<EmbeddedBroker> StartAsync() =>
        EmbeddedBroker.StartAsync(new BrokerOptions { DataDirectory = directory.Path }, TestContext.Current.CancellationToken);

    private async Task WriteAsync()
    {
        await using var broker = await BrokerWithoutNetwork.StartAsync(directory.Path, TimeProvider.System);
        var producer = await broker.InitAsync("id");
        Assert.Equal(ErrorCode.None, broker.Add("id", producer, new("a", 0), new(TopicCatalog.ConsumerOffsets, 0)));
        Assert.Equal(ErrorCode.None, broker.CommitOffset("id", producer, 5));
        Assert.Equal(ErrorCode.None, await broker.EndAsync("id", producer));
    }
}
