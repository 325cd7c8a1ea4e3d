using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using StreamDistill.Contracts;

namespace StreamDistill.Pipeline;

/// <summary>What every service's Program does: configure, check, run, and leave with the right exit code.</summary>
public static class ServiceProgram
{
    /// <summary>Done.</summary>
    public const int Done = 0;

    /// <summary>Failed while running.</summary>
    public const int Failed = 1;

    /// <summary>Wrong usage or configuration: nothing was started.</summary>
    public const int Misconfigured = 2;

    /// <summary>Runs a service until it is told to stop (SIGTERM, Ctrl-C, or its supervisor's end).</summary>
    /// <param name="name">The service's name: teach, verify…</param>
    /// <param name="args">The command line: --Section:Key=value, above the environment, above appsettings.json.</param>
    /// <param name="configure">Adds the service's parts.</param>
    /// <param name="map">Adds endpoints, where the service has any beside health.</param>
    /// <returns>The process's exit code.</returns>
    public static async Task<int> RunAsync(string name, string[] args, Action<WebApplicationBuilder> configure, Action<WebApplication>? map = null)
    {
        try
        {
            var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { ApplicationName = name, ContentRootPath = AppContext.BaseDirectory });
            builder.Configuration.AddWellKnownEnvironment();
            builder.Configuration.AddCommandLine(args);
            builder.Logging.AddServiceConsole();
            builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = TimeSpan.FromSeconds(30));
            builder.Services.AddSingleton(TimeProvider.System);
            builder.Services.AddSingleton(new ServiceName(name));
            builder.Services.AddSingleton<HealthState>();
            builder.AddTelemetry(name);
            builder.UseSafeUrls();
            if (SupervisedLifetime.IsRequested)
            {
                builder.Services.AddSingleton<IHostLifetime, SupervisedLifetime>();
            }

            configure(builder);
            await using var app = builder.Build();
            app.MapHealth();
            map?.Invoke(app);
            var health = app.Services.GetRequiredService<HealthState>();
            await app.RunAsync(); // disposes of the services
            return health.Failure is null ? Done : Failed;
        }
        catch (ConfigurationException e)
        {
            await Console.Error.WriteLineAsync($"{name}: {e.Message}");
            return Misconfigured;
        }
        catch (Exception e) when (e is StreamDistillException or IOException)
        {
            await Console.Error.WriteLineAsync($"{name}: {e.Message}");
            return Failed;
        }
    }
}

/// <summary>The service's own name, as it stands in group ids, client ids and log lines.</summary>
public sealed record ServiceName(string Value);
