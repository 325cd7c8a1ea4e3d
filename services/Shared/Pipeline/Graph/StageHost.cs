using Akka.Actor;
using Akka.Streams;
using Akka.Streams.Dsl;
using Avro.Specific;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace StreamDistill.Pipeline;

/// <summary>
/// Runs a stage: Kafka source, decode, ProcessAsync with bounded parallelism, batch, transaction. After any failure the
/// whole of it starts again from the committed offsets, with backoff.
/// </summary>
internal sealed class StageHost<TIn>(StageParts<TIn> parts) : BackgroundService
    where TIn : class, ISpecificRecord
{
    private readonly Lock transition = new();
    private StageRun<TIn>? current;
    private bool stopped;

    public override Task StartAsync(CancellationToken cancellationToken)
    {
        parts.Health.SetReady("kafka", false, "joining the consumer group");
        return base.StartAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var system = ActorSystem.Create("streamdistill");
        using var materializer = system.Materializer();
        var (killSwitch, done) = RestartSource
            .OnFailuresWithBackoff(NextRun, RestartSettings.Create(TimeSpan.FromSeconds(0.5), TimeSpan.FromSeconds(15), 0.2))
            .ViaMaterialized(KillSwitches.Single<int>(), Keep.Right)
            .ToMaterialized(Sink.Ignore<int>(), Keep.Both)
            .Run(materializer);

        await ((Task)done).WaitAsync(stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        StopReading();
        await Task.WhenAny(done, Task.Delay(TimeSpan.FromSeconds(parts.Options.DrainSeconds), parts.Time, CancellationToken.None));
        if (!done.IsCompleted)
        {
            Abandoning(parts.Logger, parts.Definition.Name, parts.Options.DrainSeconds, null);
            killSwitch.Abort(new OperationCanceledException("The stage did not finish in time."));
        }

        if (current is { } last)
        {
            last.Abandon();
            await last.Ended;
        }

        await system.Terminate();
    }

    private Source<int, Akka.NotUsed> NextRun()
    {
        lock (transition)
        {
            if (stopped)
            {
                return Source.Empty<int>();
            }

            current = new StageRun<TIn>(parts, current?.Ended ?? Task.CompletedTask);
            return current.Source;
        }
    }

    private void StopReading()
    {
        lock (transition)
        {
            stopped = true;
            current?.StopReading();
        }
    }

    private static readonly Action<ILogger, string, int, Exception?> Abandoning = LoggerMessage.Define<string, int>(
        LogLevel.Warning, new EventId(7), "Stage {Stage} did not finish what was in flight within {Seconds} s; it is read again at the next start.");
}

/// <summary>Adds stages and Kafka to a service.</summary>
public static class StageHosting
{
    /// <summary>Adds what a service needs to talk to Kafka: <see cref="KafkaClients"/> and the record codecs.</summary>
    /// <exception cref="ConfigurationException">Brokers or registry are not configured.</exception>
    public static void AddKafka(this IHostApplicationBuilder builder)
    {
        builder.AddValidatedOptions<SchemaRegistryOptions>("SchemaRegistry");
        builder.Services.AddSingleton<KafkaClients>();
        builder.Services.AddSingleton<RecordSerializer>();
        builder.Services.AddSingleton(typeof(RecordDeserializer<>));
    }

    /// <summary>Hosts a stage, new with the container's services each time it starts again, and disposed of before.</summary>
    /// <param name="builder">The service.</param>
    /// <param name="inputTopic">The topic read.</param>
    /// <param name="parallelism">Units in ProcessAsync at once, unless Pipeline:Parallelism says otherwise.</param>
    public static void AddStage<TIn, TStage>(this IHostApplicationBuilder builder, string inputTopic, int parallelism = 16)
        where TIn : class, ISpecificRecord
        where TStage : class, IStage<TIn>
    {
        builder.AddKafka();
        var options = builder.AddValidatedOptions<PipelineOptions>("Pipeline");
        builder.Services.AddHostedService(services =>
        {
            var name = services.GetRequiredService<ServiceName>().Value;
            var logger = services.GetRequiredService<ILoggerFactory>().CreateLogger("StreamDistill.Pipeline");
            var instance = options.InstanceId.Length > 0 ? options.InstanceId : Guid.NewGuid().ToString("N");
            return new StageHost<TIn>(new StageParts<TIn>(
                new StageDefinition(name, inputTopic, options.Parallelism > 0 ? options.Parallelism : parallelism),
                options,
                () => ActivatorUtilities.CreateInstance<TStage>(services),
                services.GetRequiredService<KafkaClients>(),
                services.GetRequiredService<RecordSerializer>(),
                services.GetRequiredService<RecordDeserializer<TIn>>(),
                services.GetRequiredService<HealthState>(),
                logger,
                new ClientLog(logger, "consumer"),
                new ClientLog(logger, "producer"),
                services.GetRequiredService<TimeProvider>(),
                $"streamdistill-{name}-{instance}"));
        });
    }
}
