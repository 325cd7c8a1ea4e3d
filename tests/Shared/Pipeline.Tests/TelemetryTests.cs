using System.Collections.Concurrent;
using System.Net;
using System.Text;
using Confluent.Kafka;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using streamdistill;

namespace StreamDistill.Pipeline.Tests;

public sealed class TelemetryTests(Cluster cluster) : StageTestBase(cluster)
{
    private const string TraceId = "0af7651916cd43dd8448eb211c80319c";

    [Fact]
    public async Task A_record_s_trace_goes_on_in_the_records_made_of_it()
    {
        using var host = Cluster.Service(Group, Input, Echo);
        await WriteTracedAsync();
        await host.StartAsync();

        var record = Assert.Single(await Cluster.ReadAsync(Output, 1));

        Assert.StartsWith($"00-{TraceId}-", Tests.Cluster.Header(record, "traceparent"), StringComparison.Ordinal);
        await host.StopAsync();
    }

    [Fact]
    public async Task Traces_and_metrics_go_to_the_collector_that_the_environment_names()
    {
        await using var collector = await Collector.StartAsync();
        var builder = Cluster.Configured(Group, ("OTEL_EXPORTER_OTLP_ENDPOINT", collector.Url), ("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf"));
        builder.Services.AddSingleton<Func<IReadOnlyList<Input<Prompt>>, CancellationToken, ValueTask<IReadOnlyList<Output>>>>(Echo);
        builder.AddStage<Prompt, FunctionStage>(Input);
        builder.AddTelemetry("teach");
        using (var host = builder.Build())
        {
            await WriteTracedAsync();
            await host.StartAsync();
            Assert.Single(await Cluster.ReadAsync(Output, 1));
            await host.StopAsync();
        }

        Assert.Contains("process " + Input, collector.Received["/v1/traces"], StringComparison.Ordinal);
        Assert.Contains("streamdistill-teach", collector.Received["/v1/traces"], StringComparison.Ordinal);
        Assert.Contains("messaging.process.duration", collector.Received["/v1/metrics"], StringComparison.Ordinal);
    }

    private async Task WriteTracedAsync()
    {
        await Cluster.WriteAsync(Input, [Tests.Cluster.Prompt("p")], new Headers { { "traceparent", Encoding.ASCII.GetBytes($"00-{TraceId}-b7ad6b7169203331-01") } });
    }

    /// <summary>An OpenTelemetry collector that keeps what it is sent, as text: names stand in protobuf as they are.</summary>
    private sealed class Collector : IAsyncDisposable
    {
        private readonly WebApplication application;

        private Collector(WebApplication application) => this.application = application;

        public ConcurrentDictionary<string, string> Received { get; } = new();

        public string Url => application.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();

        public static async Task<Collector> StartAsync()
        {
            var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
            builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
            var collector = new Collector(builder.Build());
            collector.application.Run(async context =>
            {
                using var body = new MemoryStream();
                await context.Request.Body.CopyToAsync(body);
                var text = Encoding.Latin1.GetString(body.ToArray());
                collector.Received.AddOrUpdate(context.Request.Path, text, (_, before) => before + text);
            });
            await collector.application.StartAsync();
            return collector;
        }

        public ValueTask DisposeAsync() => application.DisposeAsync();
    }
}
