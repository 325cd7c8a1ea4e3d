using System.Diagnostics;
using System.Text;

namespace StreamDistill.EndToEnd;

/// <summary>The streamdistill command as a user runs it: a process of its own.</summary>
internal sealed class StreamDistillProcess : IDisposable
{
    private readonly Process process;
    private readonly StringBuilder output = new();

    private StreamDistillProcess(Process process) => this.process = process;

    /// <summary>Everything printed so far, both streams together.</summary>
    public string Output
    {
        get
        {
            lock (output)
            {
                return output.ToString();
            }
        }
    }

    public int Id => process.Id;

    public bool HasExited => process.HasExited;

    public static StreamDistillProcess Start(params string[] arguments) => StartAs("streamdistill", arguments);

    public static StreamDistillProcess StartAs(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, program), arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
        };
        start.Environment.Remove("KAFKA_BOOTSTRAP_SERVERS");
        start.Environment.Remove("SCHEMA_REGISTRY_URL");
        var started = new StreamDistillProcess(new Process { StartInfo = start });
        started.process.OutputDataReceived += (_, line) => started.Add(line.Data);
        started.process.ErrorDataReceived += (_, line) => started.Add(line.Data);
        started.process.Start();
        started.process.BeginOutputReadLine();
        started.process.BeginErrorReadLine();
        return started;
    }

    /// <summary>Runs to the end.</summary>
    /// <returns>The exit code and everything printed.</returns>
    public static async Task<(int ExitCode, string Output)> RunAsync(params string[] arguments)
    {
        using var running = Start(arguments);
        return (await running.ExitAsync(), running.Output);
    }

    public async Task<int> ExitAsync()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(8));
        try
        {
            await process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException("The command did not end. It printed:\n" + Output);
        }

        return process.ExitCode;
    }

    /// <summary>Waits until the text was printed.</summary>
    public async Task SaysAsync(string text)
    {
        for (var i = 0; i < 1200 && !Output.Contains(text, StringComparison.Ordinal); i++)
        {
            Assert.False(process.HasExited, $"The command ended before it said '{text}':\n{Output}");
            await Task.Delay(100);
        }

        Assert.Contains(text, Output, StringComparison.Ordinal);
    }

    /// <summary>Sends a signal by name: TERM, INT, KILL.</summary>
    public void Signal(string name)
    {
        using var kill = Process.Start("kill", ["-" + name, process.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)]);
        kill.WaitForExit();
    }

    public void Dispose()
    {
        if (!process.HasExited)
        {
            process.Kill(entireProcessTree: true);
        }

        process.Dispose();
    }

    private void Add(string? line)
    {
        lock (output)
        {
            output.AppendLine(line);
        }
    }
}
