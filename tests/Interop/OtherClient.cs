using System.Collections.Concurrent;
using System.ComponentModel;
using System.Diagnostics;
using System.Reflection;
using System.Text;

namespace StreamDistill.Interop;

/// <summary>Another language's Kafka client, run as a child process.</summary>
/// <param name="Name">For test names and messages.</param>
/// <param name="Program">What runs its scripts.</param>
/// <param name="Reader">The script that prints a topic's records as JSON lines.</param>
/// <param name="Writer">The script that writes the JSON lines of its standard input.</param>
/// <param name="Probe">Arguments that succeed when everything it needs is installed.</param>
public sealed record OtherClient(string Name, string Program, string Reader, string Writer, string[] Probe)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    private static readonly ConcurrentDictionary<string, Lazy<Task<(int ExitCode, string Errors)>>> Probed = [];

    private static readonly string Folder = typeof(OtherClient).Assembly
        .GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(attribute => attribute.Key == "ClientsFolder").Value!;

    /// <summary>Debian's python3-kafka with every codec, and python3-avro; they belong to Debian's Python, whatever other Python is on PATH.</summary>
    public static OtherClient Python { get; } = new(
        "python", "/usr/bin/python3", "Python/read_topic.py", "Python/write_topic.py", ["-c", "import avro, kafka, lz4.frame, snappy, zstandard"]);

    /// <summary>npm's clients of Kafka and of the schema registry.</summary>
    public static OtherClient Node { get; } = new(
        "node", "node", "Node/read-topic.mjs", "Node/write-topic.mjs", ["--input-type=module", "-e", "import 'avsc'; import 'kafkajs'; import 'lz4js'; import '@platformatic/kafka'; import '@confluentinc/schemaregistry'"]);

    /// <summary>The client called so in a test's data.</summary>
    public static OtherClient Called(string name) => name == Python.Name ? Python : Node;

    /// <summary>Skips the test that calls it where the client is not installed.</summary>
    public async Task RequireAsync()
    {
        var (exitCode, errors) = await Probed.GetOrAdd(Name, _ => new(ProbeAsync)).Value;
        Assert.SkipWhen(exitCode != 0, $"The {Name} client is not installed; make setup installs it. {errors.Split('\n')[0]}");
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
