using StreamDistill.Pipeline;

namespace StreamDistill.Serve;

/// <summary>The service's parts.</summary>
public static class ServeService
{
    /// <summary>Adds inference, and where its student comes from.</summary>
    /// <exception cref="ConfigurationException">A setting is wrong.</exception>
    public static void AddServe(this WebApplicationBuilder builder)
    {
        var options = builder.AddValidatedOptions<ServeOptions>(ServeOptions.Section);
        builder.AddApiKeys($"{ServeOptions.Section}:{nameof(ServeOptions.KeysFile)}", options.KeysFile);
        builder.Services.AddSingleton<StudentSlot>();
        builder.Services.AddSingleton<StudentLoader>();
        builder.Services.AddSingleton<ServeTelemetry>();
        builder.Services.AddSingleton<InferenceLoop>();
        builder.Services.AddHostedService(services => services.GetRequiredService<InferenceLoop>());
        if (options.Student is null)
        {
            builder.Services.AddHostedService<DirectoryStudent>();
        }
        else
        {
            builder.AddKafka();
            builder.Services.AddSingleton<CheckpointTopic>();
            builder.Services.AddHostedService<CheckpointFollower>();
        }

        builder.Services.AddSingleton<ApiGuard>();
        builder.Services.AddSingleton<ChatEndpoint>();
        builder.Services.AddSingleton<ModelsEndpoint>();
    }

    /// <summary>Maps POST /v1/chat/completions, GET /v1/models and GET /v1/models/{id}.</summary>
    public static void MapServe(this IEndpointRouteBuilder endpoints)
    {
        var services = endpoints.ServiceProvider;
        var guard = services.GetRequiredService<ApiGuard>();
        var models = services.GetRequiredService<ModelsEndpoint>();
        endpoints.MapPost("/v1/chat/completions", guard.Around(services.GetRequiredService<ChatEndpoint>().HandleAsync));
        endpoints.MapGet("/v1/models", guard.Around(models.ListAsync));
        endpoints.MapGet("/v1/models/{id}", guard.Around(models.GetAsync));
    }
}
