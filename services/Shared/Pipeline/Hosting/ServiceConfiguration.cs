using System.ComponentModel.DataAnnotations;
using System.Net;
using System.Reflection;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;

namespace StreamDistill.Pipeline;

/// <summary>Settings: where they come from, and how a wrong one is refused before anything starts.</summary>
public static class ServiceConfiguration
{
    private static readonly (string Variable, string Key)[] WellKnown =
    [
        ("KAFKA_BOOTSTRAP_SERVERS", "Kafka:bootstrap.servers"),
        ("SCHEMA_REGISTRY_URL", "SchemaRegistry:Url"),
    ];

    /// <summary>
    /// Binds a section to options, checks it, and makes the options injectable as they are. A wrong value, or a key that
    /// the options do not have, throws <see cref="ConfigurationException"/> at once.
    /// </summary>
    /// <returns>The options, for use while configuring.</returns>
    public static TOptions AddValidatedOptions<TOptions>(this IHostApplicationBuilder builder, string section)
        where TOptions : class, new()
    {
        var options = builder.Configuration.ReadValidated<TOptions>(section);
        builder.Services.AddSingleton(options);
        return options;
    }

    /// <summary>Binds and checks a section; see <see cref="AddValidatedOptions"/>.</summary>
    public static TOptions ReadValidated<TOptions>(this IConfiguration configuration, string section)
        where TOptions : class, new()
    {
        RefuseUnknown(configuration.GetSection(section), typeof(TOptions));
        TOptions options;
        try
        {
            options = configuration.GetSection(section).Get<TOptions>() ?? new TOptions();
        }
        catch (InvalidOperationException e)
        {
            throw new ConfigurationException(e.InnerException is null ? e.Message : $"{e.Message} {e.InnerException.Message}", e);
        }

        Validate(options, section);
        return options;
    }

    internal static void AddWellKnownEnvironment(this IConfigurationBuilder configuration) =>
        configuration.AddInMemoryCollection(
            from pair in WellKnown
            let value = Environment.GetEnvironmentVariable(pair.Variable)
            where !string.IsNullOrWhiteSpace(value)
            select KeyValuePair.Create(pair.Key, (string?)value));

    internal static void AddServiceConsole(this ILoggingBuilder logging)
    {
        logging.AddSimpleConsole(options =>
        {
            options.SingleLine = true;
            options.UseUtcTimestamp = true;
            options.TimestampFormat = "yyyy-MM-ddTHH:mm:ss.fffZ ";
            options.ColorBehavior = LoggerColorBehavior.Default;
        });
        logging.AddFilter("Microsoft", LogLevel.Warning);
        logging.AddFilter("Microsoft.Hosting.Lifetime", LogLevel.Information);
    }

    /// <summary>Any free loopback port unless told otherwise; so two services never quarrel over a default.</summary>
    internal static void UseSafeUrls(this WebApplicationBuilder builder)
    {
        if (string.IsNullOrEmpty(builder.Configuration["urls"]))
        {
            builder.WebHost.UseUrls($"http://{IPAddress.Loopback}:0");
        }
    }

    private static void RefuseUnknown(IConfigurationSection section, Type type)
    {
        var known = type.GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(property => property.CanWrite).ToList();
        foreach (var child in section.GetChildren())
        {
            var property = known.Find(candidate => candidate.Name.Equals(child.Key, StringComparison.OrdinalIgnoreCase))
                ?? throw new ConfigurationException(
                    $"{child.Path} is not a setting. Settings of {section.Path}: {string.Join(", ", known.Select(candidate => candidate.Name).Order(StringComparer.Ordinal))}.");
            if (property.PropertyType.IsEnum && !Enum.TryParse(property.PropertyType, child.Value, ignoreCase: true, out _))
            {
                throw new ConfigurationException($"{child.Path} is '{child.Value}'. Allowed: {string.Join(", ", Enum.GetNames(property.PropertyType))}.");
            }

            if (IsNestedOptions(property.PropertyType))
            {
                RefuseUnknown(child, property.PropertyType);
            }
        }
    }

    private static void Validate(object options, string path)
    {
        var results = new List<ValidationResult>();
        Validator.TryValidateObject(options, new ValidationContext(options), results, validateAllProperties: true);
        if (results.Count > 0)
        {
            var result = results[0];
            var member = result.MemberNames.FirstOrDefault();
            var value = member is null ? null : options.GetType().GetProperty(member)?.GetValue(options);
            throw new ConfigurationException(
                member is null ? $"{path}: {result.ErrorMessage}" : $"{path}:{member} is '{value}'. {result.ErrorMessage}");
        }

        foreach (var property in options.GetType().GetProperties().Where(property => IsNestedOptions(property.PropertyType)))
        {
            if (property.GetValue(options) is { } nested)
            {
                Validate(nested, $"{path}:{property.Name}");
            }
        }
    }

    private static bool IsNestedOptions(Type type) =>
        type.IsClass && type.Namespace?.StartsWith("StreamDistill", StringComparison.Ordinal) == true;
}
