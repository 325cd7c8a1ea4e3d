using System.Collections.Concurrent;
using System.ComponentModel;
using System.Diagnostics;
using System.Reflection;
using System.Text;

namespace StreamDistill.Interop;

/// <summary>Another language's program with packages of its own, run as a child process.</summary>
/// <param name="Name">For test names and messages.</param>
/// <param name="Program">What runs its scripts.</param>
/// <param name="Probe">Arguments that succeed when everything it needs is installed.</param>
public record OtherProgram(string Name, string Program, string[] Probe)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    private static readonly ConcurrentDictionary<string, Lazy<Task<(int ExitCode, string Errors)>>> Probed = [];

    private static readonly string Folder = typeof(OtherProgram).Assembly
        .GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(attribute => attribute.Key == "ClientsFolder").Value!;

    /// <summary>npm's tokenizers, and templates.</summary>
    public static OtherProgram Tokenizers { get; } = new(
        "node tokenizers", "node", ["--input-type=module", "-e", "import '@huggingface/jinja'; import '@huggingface/tokenizers'; import 'gpt-tokenizer'"]);

    /// <summary>Skips the test that calls it where the client is not installed.</summary>
    public async Task RequireAsync()
    {
        var (exitCode, errors) = await Probed.GetOrAdd(Name, _ => new(ProbeAsync)).Value;
        Assert.SkipWhen(exitCode != 0, $"What {Name} needs is not installed; make setup installs it. {errors.Split('\n')[0]}");
    }

    /// <summary>Runs a script to its end.</summary>
    /// <returns>The lines it printed. A script that fails fails the test with what it said.</returns>
    public async Task<IReadOnlyList<string>> RunAsync(string script, string[] arguments, string input = "")
    {
        var (exitCode, output, errors) = await StartAsync([script, .. arguments], input);
        Assert.True(exitCode == 0, $"{Program} {script} ended with {exitCode}:\n{errors}");
        return output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    private async Task<(int ExitCode, string Errors)> ProbeAsync()
    {
        var (exitCode, _, errors) = await StartAsync(Probe, "");
        return (exitCode, errors);
    }

    private async Task<(int ExitCode, string Output, string Errors)> StartAsync(string[] arguments, string input)
    {
        using var process = new Process
        {
            StartInfo = new ProcessStartInfo(Program, arguments)
            {
                WorkingDirectory = Folder,
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                StandardInputEncoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false),
                StandardOutputEncoding = Encoding.UTF8,
                Environment = { ["PYTHONDONTWRITEBYTECODE"] = "1" },
            },
        };
        try
        {
            process.Start();
        }
        catch (Win32Exception e)
        {
            return (-1, "", e.Message);
        }

        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(Patience);
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(limit.Token);
            var errors = process.StandardError.ReadToEndAsync(limit.Token);
            await process.StandardInput.WriteAsync(input.AsMemory(), limit.Token);
            process.StandardInput.Close();
            await process.WaitForExitAsync(limit.Token);
            return (process.ExitCode, await output, await errors);
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
            }
        }
    }
}
