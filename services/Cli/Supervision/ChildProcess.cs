using System.Diagnostics;
using StreamDistill.Cli.Commands;
using StreamDistill.Contracts;

namespace StreamDistill.Cli.Supervision;

/// <summary>A program to run as a child.</summary>
/// <param name="Name">As it stands before its messages: teach, verify…</param>
/// <param name="FileName">The executable.</param>
/// <param name="Arguments">Its arguments.</param>
/// <param name="Environment">Variables beside those of this process.</param>
internal sealed record ChildProgram(string Name, string FileName, IReadOnlyList<string> Arguments, IReadOnlyDictionary<string, string> Environment)
{
    /// <summary>
    /// A program of this project, which lies beside this one: its own executable, or its assembly by the dotnet host where
    /// the build left no executable.
    /// </summary>
    /// <exception cref="StreamDistillException">Neither is there.</exception>
    public static ChildProgram Of(string name, string assembly, IReadOnlyList<string> arguments, IReadOnlyDictionary<string, string> environment)
    {
        var path = Path.Combine(AppContext.BaseDirectory, assembly);
        if (File.Exists(path))
        {
            return new ChildProgram(name, path, arguments, environment);
        }

        return File.Exists(path + ".dll")
            ? new ChildProgram(name, "dotnet", [path + ".dll", .. arguments], environment)
            : throw new StreamDistillException($"The program {assembly} is missing beside streamdistill, in {AppContext.BaseDirectory}. Build again with: make build");
    }
}

/// <summary>
/// A child that stops when its standard input closes: by <see cref="StopAsync"/>, and by itself when this process ends,
/// however it ends.
/// </summary>
internal sealed class ChildProcess : IAsyncDisposable
{
    private readonly Process process;
    private readonly Task pumps;

    private ChildProcess(Process process, ChildLog log)
    {
        this.process = process;
        pumps = Task.WhenAll(PumpAsync(process.StandardOutput, log.Output), PumpAsync(process.StandardError, log.Error));
        Exited = ExitedAsync();
    }

    /// <summary>Completes with the exit code after everything the child wrote has been read.</summary>
    public Task<int> Exited { get; }

    /// <summary>The process id.</summary>
    public int Id => process.Id;

    /// <exception cref="StreamDistillException">The program cannot be started.</exception>
    public static ChildProcess Start(ChildProgram program, ChildLog log)
    {
        var start = new ProcessStartInfo(program.FileName, program.Arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        foreach (var (key, value) in program.Environment)
        {
            start.Environment[key] = value;
        }

        start.Environment[StopSignals.SupervisedVariable] = "1";
        try
        {
            return new ChildProcess(Process.Start(start) ?? throw new StreamDistillException($"{program.FileName} did not start."), log);
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            throw new StreamDistillException($"{program.Name} cannot be started from {program.FileName}: {e.Message}", isTransient: false, e);
        }
    }

    /// <summary>Asks the child to stop, and kills it when it has not within the time given.</summary>
    /// <returns>Whether it stopped by itself.</returns>
    public async Task<bool> StopAsync(TimeSpan patience)
    {
        if (!Exited.IsCompleted)
        {
            try
            {
                process.StandardInput.Close();
            }
            catch (IOException)
            {
                // It has closed its end already: it is on its way out.
            }
        }

        try
        {
            await Exited.WaitAsync(patience);
            return true;
        }
        catch (TimeoutException)
        {
            process.Kill(entireProcessTree: true);
            await Exited;
            return false;
        }
    }

    /// <summary>Kills the child where it still runs.</summary>
    public async ValueTask DisposeAsync()
    {
        if (!Exited.IsCompleted)
        {
            process.Kill(entireProcessTree: true);
        }

        await Exited;
        process.Dispose();
    }

    private static async Task PumpAsync(StreamReader reader, Action<string> take)
    {
        while (await reader.ReadLineAsync() is { } line)
        {
            take(line);
        }
    }

    private async Task<int> ExitedAsync()
    {
        await process.WaitForExitAsync();
        await pumps;
        return process.ExitCode;
    }
}
