using Confluent.Kafka;
using Confluent.SchemaRegistry;
using streamdistill;
using StreamDistill.Contracts;
using StreamDistill.Pipeline;

namespace StreamDistill.Serve;

/// <summary>
/// Serves what the latest record of a student names, forward and back. What cannot be loaded is said in the log and in
/// the health report, and tried again; until then the student that is there goes on.
/// </summary>
internal sealed partial class CheckpointFollower : BackgroundService
{
    private static readonly TimeSpan RetryDelay = TimeSpan.FromSeconds(1);

    private readonly ServeOptions options;
    private readonly CheckpointTopic topic;
    private readonly StudentLoader loader;
    private readonly StudentSlot slot;
    private readonly HealthState health;
    private readonly TimeProvider time;
    private readonly ILogger<CheckpointFollower> logger;
    private ServingCheckpoint? served;
    private (ServingCheckpoint Checkpoint, long At, string Why)? failure;

    /// <param name="options">Which student.</param>
    /// <param name="topic">Where its checkpoints are named.</param>
    /// <param name="loader">Loads them.</param>
    /// <param name="slot">Where they are served from.</param>
    /// <param name="health">Told what is served, or why nothing is.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">Told what an operator should know.</param>
    public CheckpointFollower(
        ServeOptions options, CheckpointTopic topic, StudentLoader loader, StudentSlot slot, HealthState health, TimeProvider time, ILogger<CheckpointFollower> logger)
    {
        (this.options, this.topic, this.loader, this.slot, this.health, this.time, this.logger) = (options, topic, loader, slot, health, time, logger);
        Report($"the topic {Topics.Checkpoints} is being read");
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await foreach (var latest in topic.FollowAsync(options.Student!, stoppingToken))
                {
                    await ConsiderAsync(latest, stoppingToken);
                }
            }
            catch (Exception e) when (e is KafkaException or SchemaRegistryException or HttpRequestException or StreamDistillException)
            {
                LogUnreadable(Topics.Checkpoints, e.Message);
                Report($"the topic {Topics.Checkpoints} cannot be read now: {e.Message}");
                await Task.Delay(RetryDelay, stoppingToken);
            }
        }
    }

    private async Task ConsiderAsync(Checkpoint? latest, CancellationToken cancellationToken)
    {
        if (latest?.Serving is not { } wanted)
        {
            Report(slot.HasStudent ? null : $"the topic {Topics.Checkpoints} names no checkpoint of {options.Student} to serve yet");
        }
        else if (IsSame(wanted, served))
        {
            failure = null;
            Report(null);
        }
        else if (failure is not { } failed || !IsSame(wanted, failed.Checkpoint) || time.GetElapsedTime(failed.At) >= options.LoadRetryWait)
        {
            await Task.Factory.StartNew(() => Serve(wanted), cancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        }
        else
        {
            Report(failed.Why);
        }
    }

    private void Serve(ServingCheckpoint wanted)
    {
        try
        {
            slot.Replace(loader.Load(DirectoryOf(wanted.Uri), wanted.Step, wanted.Sha256));
            (served, failure) = (wanted, null);
            Report(null);
        }
        catch (StreamDistillException e)
        {
            var why = $"the checkpoint of step {wanted.Step} cannot be served: {e.Message}";
            if (failure?.Why != why)
            {
                LogUnloadable(wanted.Step, options.Student!, e.Message, options.LoadRetryWait.TotalSeconds);
            }

            failure = (wanted, time.GetTimestamp(), why);
            Report(why);
        }
    }

    private static string DirectoryOf(string uri) => Uri.TryCreate(uri, UriKind.Absolute, out var location) && location.IsFile
        ? location.LocalPath
        : throw new StreamDistillException($"its uri is '{uri}'; supported is file:///PATH of a directory that this process can read.");

    private static bool IsSame(ServingCheckpoint wanted, ServingCheckpoint? other) =>
        other is not null && wanted.Step == other.Step && wanted.Uri == other.Uri && wanted.Sha256 == other.Sha256;

    /// <summary>A student that is there is served whatever is amiss.</summary>
    private void Report(string? amiss) => health.SetReady(StudentSlot.HealthPart, slot.HasStudent, amiss);

    [LoggerMessage(LogLevel.Warning, "The topic {Topic} cannot be read now and will be tried again: {Reason}")]
    private partial void LogUnreadable(string topic, string reason);

    [LoggerMessage(LogLevel.Error, "The checkpoint of step {Step} of {Student} cannot be served and is tried again in {Seconds} s: {Reason}")]
    private partial void LogUnloadable(long step, string student, string reason, double seconds);
}
