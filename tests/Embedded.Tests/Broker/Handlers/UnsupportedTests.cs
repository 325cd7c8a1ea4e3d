using System.Net;
using StreamDistill.Embedded.Broker;
using StreamDistill.Embedded.Broker.Handlers;
using StreamDistill.Embedded.Broker.Protocol;
using StreamDistill.Embedded.Tests.Broker.Log;
using StreamDistill.Embedded.Tests.Broker.Network;

namespace StreamDistill.Embedded.Tests.Broker.Handlers;

public sealed class UnsupportedTests
{
    [Fact]
    public void Every_request_of_Kafkas_is_answered_or_listed_as_not_supported_and_none_is_both()
    {
        var listed = Unsupported.All.Keys.Concat(Enum.GetValues<ApiKey>().Select(k => (short)k)).Order();

        Assert.Equal(Enumerable.Range(0, 93).Select(k => (short)k), listed);
    }

    [Fact]
    public void None_is_listed_that_has_a_handler()
    {
        var handlers = typeof(Handler).Assembly.GetTypes().Where(t => t.IsSubclassOf(typeof(Handler))).Select(t => t.Name).ToHashSet();

        Assert.DoesNotContain(Unsupported.All.Values, u => handlers.Contains(u.Name + "Handler"));
    }

    [Fact]
    public async Task Each_is_refused_as_Kafkas_brokers_refuse_what_they_do_not_know_and_the_log_says_why()
    {
        var lines = new LogLines();
        await using (var broker = await EmbeddedBroker.StartAsync(new BrokerOptions { Logger = lines }, TestContext.Current.CancellationToken))
        {
            var address = IPEndPoint.Parse(broker.BootstrapServers);
            Assert.Empty(Unsupported.All.Keys.Intersect(await AnnouncedAsync(address)));
            foreach (var key in Unsupported.All.Keys)
            {
                using var client = await RawClient.ConnectAsync(address);
                await client.SendAsync(RawClient.Frame(key, 0, 1));
                Assert.Null(await client.ReceiveAsync());
            }
        }

        Assert.All(Unsupported.All.Values, u => Assert.Single(lines.All, line => line.Text.EndsWith($": {u.Name} is not supported. {u.Why}", StringComparison.Ordinal)));
    }

    private static async Task<List<short>> AnnouncedAsync(IPEndPoint address)
    {
        using var client = await RawClient.ConnectAsync(address);
        await client.SendAsync(RawClient.Frame((short)ApiKey.ApiVersions, 0, 1));
        var answer = new KafkaReader(await client.ReceiveAsync(), isFlexible: false);
        answer.ReadInt32();
        Assert.Equal(ErrorCode.None, (ErrorCode)answer.ReadInt16());
        return answer.ReadArray(reader => (Key: reader.ReadInt16(), reader.ReadInt16(), reader.ReadInt16()).Key);
    }
}
