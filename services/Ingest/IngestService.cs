using StreamDistill.Pipeline;

namespace StreamDistill.Ingest;

/// <summary>The service's parts.</summary>
public static class IngestService
{
    /// <summary>Adds what reads and judges submissions. What stores them is an <see cref="IPromptSink"/> added beside it.</summary>
    /// <exception cref="ConfigurationException">A setting is wrong.</exception>
    public static void AddSubmission(this WebApplicationBuilder builder)
    {
        var options = builder.AddValidatedOptions<IngestOptions>("Ingest");
        builder.AddApiKeys("Ingest:KeysFile", options.KeysFile);
        builder.Services.AddSingleton(_ => new PromptIndex(options.MaxRememberedPrompts));
        builder.Services.AddSingleton<PromptSubmitter>();
        builder.Services.AddSingleton<PromptsEndpoint>();
    }

    /// <summary>Adds the topic prompts as the place where they are stored.</summary>
    public static void AddPromptsTopic(this WebApplicationBuilder builder)
    {
        builder.AddKafka();
        builder.Services.AddSingleton<IPromptSink, KafkaPromptSink>();
        builder.Services.AddHostedService<PromptFeed>();
    }

    /// <summary>Maps POST /v1/prompts.</summary>
    public static void MapPrompts(this IEndpointRouteBuilder endpoints)
    {
        var prompts = endpoints.ServiceProvider.GetRequiredService<PromptsEndpoint>();
        endpoints.MapPost("/v1/prompts", (Delegate)prompts.HandleAsync);
    }
}
