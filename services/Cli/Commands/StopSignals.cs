using System.Runtime.InteropServices;

namespace StreamDistill.Cli.Commands;

/// <summary>
/// Turns the first Ctrl-C, SIGTERM or SIGHUP into a cancelled token; a second one ends the process at once. A child of
/// 'streamdistill up' (STREAMDISTILL_SUPERVISED=1) leaves Ctrl-C to its parent and stops when its standard input closes,
/// so that no child outlives its parent, however that one ended.
/// </summary>
internal sealed class StopSignals : IDisposable
{
    public const string SupervisedVariable = "STREAMDISTILL_SUPERVISED";

    private readonly CancellationTokenSource stopping = new();
    private readonly PosixSignalRegistration[] registrations;

    public StopSignals()
    {
        var isSupervised = Environment.GetEnvironmentVariable(SupervisedVariable) == "1";
        registrations =
        [
            PosixSignalRegistration.Create(PosixSignal.SIGINT, isSupervised ? Ignore : Stop),
            PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop),
            PosixSignalRegistration.Create(PosixSignal.SIGHUP, isSupervised ? Ignore : Stop),
        ];
        if (isSupervised)
        {
            new Thread(StopAtEndOfInput) { IsBackground = true, Name = "standard input" }.Start();
        }
    }

    public CancellationToken Token => stopping.Token;

    public void Dispose()
    {
        foreach (var registration in registrations)
        {
            registration.Dispose();
        }
    }

    private static void Ignore(PosixSignalContext context) => context.Cancel = true;

    private void Stop(PosixSignalContext context)
    {
        // Only the first one is held back.
        context.Cancel = !stopping.IsCancellationRequested;
        stopping.Cancel();
    }

    private void StopAtEndOfInput()
    {
        var input = Console.OpenStandardInput();
        Span<byte> ignored = stackalloc byte[256];
        while (input.Read(ignored) > 0)
        {
        }

        stopping.Cancel();
    }
}
