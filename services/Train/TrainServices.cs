using StreamDistill.Pipeline;

namespace StreamDistill.Train;

/// <summary>The service's parts.</summary>
internal static class TrainServices
{
    /// <summary>Adds the trainer: from a file without Kafka, else from the topic curated.</summary>
    public static void AddTrain(this WebApplicationBuilder builder)
    {
        var options = builder.AddValidatedOptions<TrainOptions>(TrainOptions.Section);
        builder.Services.AddSingleton(services =>
            new CheckpointStore(options.Output, options.Student, options.KeepCheckpoints, services.GetRequiredService<ILogger<CheckpointStore>>()));
        if (options.From is { } path)
        {
            builder.Services.AddSingleton<IExampleLog>(new FileExampleLog(path));
            builder.Services.AddSingleton(services => new CheckpointPublisher(null, services.GetRequiredService<CheckpointStore>()));
        }
        else
        {
            builder.AddKafka();
            builder.Services.AddSingleton<IExampleLog, KafkaExampleLog>();
            builder.Services.AddSingleton<CheckpointTopic>();
            builder.Services.AddSingleton<CheckpointPublisher>();
        }

        builder.Services.AddSingleton<TrainingLoop>();

        // A training takes the processors that there are; that health requests then wait for a moment is no news.
        builder.Logging.AddFilter("Microsoft.AspNetCore.Server.Kestrel", LogLevel.Error);
        builder.Services.AddHostedService<TrainService>();
    }
}
