using StreamDistill.Contracts;
using StreamDistill.Pipeline;

namespace StreamDistill.Train;

/// <summary>Runs the loop, and ends the process with it.</summary>
internal sealed class TrainService(TrainingLoop loop, HealthState health, IHostApplicationLifetime application, ILogger<TrainService> logger) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // Training keeps its thread for long; the host goes on starting on another.
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        try
        {
            await loop.RunAsync(stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            logger.LogInformation("Training stops; it goes on from the last checkpoint");
        }
        catch (Exception error)
        {
            logger.LogCritical(error is StreamDistillException or IOException ? null : error, "Training failed: {Why}", error.Message);
            health.Fail(error.Message);
        }

        application.StopApplication();
    }
}
