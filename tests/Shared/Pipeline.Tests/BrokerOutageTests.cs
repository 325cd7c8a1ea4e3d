using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using StreamDistill.Embedded.Broker;

namespace StreamDistill.Pipeline.Tests;

public sealed class BrokerOutageTests(Cluster cluster)
{
    [Fact]
    public async Task A_stage_waits_for_a_broker_that_is_down_at_start_and_outlives_one_that_goes_away()
    {
        var port = FreePort();
        var input = Cluster.NewTopic("in");
        var output = Cluster.NewTopic("out");
        using var host = cluster.Service(
            Cluster.NewTopic("stage"),
            input,
            (unit, _) => ValueTask.FromResult<IReadOnlyList<Output>>([new Output(output, unit[0].Value.PromptId, unit[0].Value)]),
            ("Kafka:bootstrap.servers", $"127.0.0.1:{port}"));
        await host.StartAsync();
        Assert.False(host.Services.GetRequiredService<HealthState>().IsReady);

        foreach (var id in new[] { "first", "second" })
        {
            await using var broker = await EmbeddedBroker.StartAsync(new BrokerOptions { Port = port }, CancellationToken.None);
            var client = cluster.On(broker.BootstrapServers);
            await client.WriteAsync(input, [Cluster.Prompt(id)]);
            Assert.Equal([id], Cluster.Keys(await client.ReadAsync(output, 1)));
        }

        await host.StopAsync();
    }

    internal static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
