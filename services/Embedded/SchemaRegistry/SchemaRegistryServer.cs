using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using StreamDistill.Embedded.SchemaRegistry.Api;

namespace StreamDistill.Embedded.SchemaRegistry;

/// <summary>
/// A schema registry in this process, with Confluent's REST API, for Avro schemas. It keeps everything in memory and forgets it
/// when it stops.
/// </summary>
public sealed class SchemaRegistryServer : IAsyncDisposable
{
    private readonly WebApplication application;

    private SchemaRegistryServer(WebApplication application, Uri url)
    {
        this.application = application;
        Url = url;
    }

    /// <summary>Where clients reach it.</summary>
    public Uri Url { get; }

    /// <summary>Starts a registry and returns once it listens.</summary>
    /// <exception cref="ArgumentException">An option is not allowed.</exception>
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
            kestrel.Limits.MaxRequestBodySize = options.RequestBytesMax;
            kestrel.Listen(addresses[0], options.Port, listen => listen.Protocols = HttpProtocols.Http1);
        });
        builder.Services.AddRoutingCore();

        var application = builder.Build();
        application.Use(ErrorAnswers.GuardAsync);
        application.UseRouting();
        RegistryApi.Map(application, new Registry(options.DefaultCompatibility));
        try
        {
            await application.StartAsync(ct);
        }
        catch
        {
            await application.DisposeAsync();
            throw;
        }

        var bound = application.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!;
        return new SchemaRegistryServer(application, new Uri(bound.Addresses.First()));
    }

    /// <summary>Answers the requests in progress and stops.</summary>
    public async ValueTask DisposeAsync()
    {
        await application.StopAsync();
        await application.DisposeAsync();
    }
}
