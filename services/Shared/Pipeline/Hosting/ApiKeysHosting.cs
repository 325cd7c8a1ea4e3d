using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace StreamDistill.Pipeline;

/// <summary>Adds <see cref="ApiKeys"/> to a service.</summary>
public static class ApiKeysHosting
{
    /// <summary>Reads the keys and makes them injectable. Without keys the service may listen on this machine only.</summary>
    /// <param name="builder">The service.</param>
    /// <param name="setting">The setting that names the file, such as Ingest:KeysFile.</param>
    /// <param name="path">Its value.</param>
    /// <exception cref="ConfigurationException">The file is wrong, or there is none and the service would listen beyond this machine.</exception>
    public static void AddApiKeys(this WebApplicationBuilder builder, string setting, string? path)
    {
        var keys = ApiKeys.Load(setting, path);
        if (!keys.AreRequired)
        {
            RefuseOpenAddresses(builder.Configuration["urls"], setting);
        }

        builder.Services.AddSingleton(_ => keys);
    }

    private static void RefuseOpenAddresses(string? urls, string setting)
    {
        foreach (var url in (urls ?? "").Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            var host = BindingAddress.Parse(url).Host.Trim('[', ']');
            var isLoopback = host.Equals("localhost", StringComparison.OrdinalIgnoreCase) || (IPAddress.TryParse(host, out var ip) && IPAddress.IsLoopback(ip));
            if (!isLoopback)
            {
                throw new ConfigurationException($"urls is '{urls}'. Listening beyond this machine wants keys: set {setting}, or listen on 127.0.0.1.");
            }
        }
    }
}
