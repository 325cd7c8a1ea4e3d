using System.Runtime.InteropServices;
using Microsoft.Extensions.Hosting;

namespace StreamDistill.Pipeline;

/// <summary>
/// The lifetime of a service that another process started: it stops when its standard input closes, which also happens
/// when the supervisor is killed, so that no orphan is left. It leaves Ctrl-C to the supervisor, which stops the services
/// in order; SIGTERM stops it as always.
/// </summary>
public sealed class SupervisedLifetime : IHostLifetime, IDisposable
{
    private readonly IHostApplicationLifetime application;
    private readonly List<PosixSignalRegistration> signals = [];

    /// <param name="application">What is to be stopped.</param>
    public SupervisedLifetime(IHostApplicationLifetime application) => this.application = application;

    /// <summary>Whether the environment asks for it: STREAMDISTILL_SUPERVISED=1.</summary>
    public static bool IsRequested => Environment.GetEnvironmentVariable("STREAMDISTILL_SUPERVISED") == "1";

    /// <inheritdoc />
    public Task WaitForStartAsync(CancellationToken cancellationToken)
    {
        signals.Add(PosixSignalRegistration.Create(PosixSignal.SIGINT, context => context.Cancel = true));
        signals.Add(PosixSignalRegistration.Create(PosixSignal.SIGTERM, context =>
        {
            context.Cancel = true;
            application.StopApplication();
        }));

        // A blocked read of standard input cannot be cancelled, hence a thread of its own that ends with the process.
        new Thread(WatchStandardInput) { IsBackground = true, Name = "supervisor" }.Start();
        return Task.CompletedTask;
    }

    /// <inheritdoc />
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc />
    public void Dispose() => signals.ForEach(signal => signal.Dispose());

    private void WatchStandardInput()
    {
        using var input = Console.OpenStandardInput();
        Span<byte> buffer = stackalloc byte[256];
        while (input.Read(buffer) > 0)
        {
        }

        application.StopApplication();
    }
}
