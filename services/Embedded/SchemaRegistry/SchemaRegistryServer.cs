using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using StreamDistill.Contracts;
using StreamDistill.Embedded.SchemaRegistry.Api;
using StreamDistill.Embedded.SchemaRegistry.Storage;

namespace StreamDistill.Embedded.SchemaRegistry;

/// <summary>
/// A schema registry in this process, with Confluent's REST API, for Avro schemas. What is registered is kept in a topic of a
/// Kafka, in Confluent's format, before the client is told; or, when asked for, in memory only. One registry to a topic: a
/// second one is not refused, and no id is given twice, but each learns of the other's changes only with its own next one.
/// </summary>
public sealed class SchemaRegistryServer : IAsyncDisposable
{
    private const int ConnectionsMax = 1000;
    private static readonly TimeSpan OpenAgainAfter = TimeSpan.FromMilliseconds(500);

    private readonly WebApplication application;
    private readonly Registry registry;

    private SchemaRegistryServer(WebApplication application, Registry registry, Uri url)
    {
        this.application = application;
        this.registry = registry;
        Url = url;
    }

    /// <summary>Where clients reach it.</summary>
    public Uri Url { get; }

    /// <summary>Starts a registry and returns once it has read everything that is kept, and listens. Waits for a Kafka that is not there yet.</summary>
    /// <exception cref="ArgumentException">An option is not allowed.</exception>
    /// <exception cref="StreamDistillException">The topic cannot be used, or has a record that cannot be read.</exception>
    /// <exception cref="IOException">The port is taken.</exception>
    public static async Task<SchemaRegistryServer> StartAsync(SchemaRegistryOptions options, CancellationToken ct)
    {
        options.Validate();
        var addresses = await Dns.GetHostAddressesAsync(options.Host, ct);

        // The empty builder reads no settings of the host process, so ASPNETCORE_URLS cannot move the registry.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxConcurrentConnections = ConnectionsMax;
            kestrel.Limits.MaxRequestBodySize = options.RequestBytesMax;
            kestrel.Listen(addresses[0], options.Port, listen => listen.Protocols = HttpProtocols.Http1);
        });
        builder.Services.AddRoutingCore();

        var application = builder.Build();
        application.Use(ErrorAnswers.GuardAsync);
        application.UseRouting();
        var registry = new Registry(options.DefaultCompatibility, options.InMemory ? new NoChangeLog() : new SchemasTopic(options), options.WriteTimeout);
        RegistryApi.Map(application, registry);
        try
        {
            await OpenAsync(registry, options.Logger, ct);
            await application.StartAsync(ct);
        }
        catch
        {
            await application.DisposeAsync();
            await registry.DisposeAsync();
            throw;
        }

        var bound = application.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!;
        return new SchemaRegistryServer(application, registry, new Uri(bound.Addresses.First()));
    }

    private static async Task OpenAsync(Registry registry, ILogger logger, CancellationToken ct)
    {
        for (var said = ""; ;)
        {
            try
            {
                await registry.OpenAsync(ct);
                return;
            }
            catch (StoreException e)
            {
                if (e.Message != said)
                {
                    logger.LogWarning("The schema registry waits. {Reason}", said = e.Message);
                }
            }

            await Task.Delay(OpenAgainAfter, ct);
        }
    }

    /// <summary>Answers the requests in progress and stops.</summary>
    public async ValueTask DisposeAsync()
    {
        await application.StopAsync();
        await application.DisposeAsync();
        await registry.DisposeAsync();
    }
}
