using StreamDistill.Pipeline;

namespace StreamDistill.Serve;

/// <summary>Serves one directory from the start to the end. A directory that cannot be loaded ends the start.</summary>
internal sealed class DirectoryStudent(ServeOptions options, StudentLoader loader, StudentSlot slot, HealthState health) : IHostedService
{
    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        slot.Replace(loader.Load(options.Directory!));
        health.SetReady(StudentSlot.HealthPart, true);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
