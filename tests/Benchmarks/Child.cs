using System.Diagnostics;
using System.Reflection;
using System.Text;

namespace StreamDistill.Benchmarks;

/// <summary>A child process that is talked to in lines, and ends when its standard input does.</summary>
internal sealed class Child : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly Process process;

    private Child(Process process) => this.process = process;

    /// <summary>Its process.</summary>
    public int Id => process.Id;

    /// <summary>The folder of this project's sources, where the other languages' scripts lie.</summary>
    public static string SourceFolder { get; } = typeof(Child).Assembly
        .GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(attribute => attribute.Key == "SourceFolder").Value!;

    /// <summary>Starts a program.</summary>
    public static Child Start(string program, IEnumerable<string> arguments, IReadOnlyDictionary<string, string>? environment = null)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            StandardInputEncoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false),
        };
        start.Environment["PYTHONDONTWRITEBYTECODE"] = "1";
        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
        {
            start.Environment[name] = value;
        }

        return new Child(Process.Start(start)!);
    }

    /// <summary>Starts this program again in another role.</summary>
    public static Child StartSelf(IEnumerable<string> arguments, IReadOnlyDictionary<string, string>? environment = null) =>
        Start(Environment.ProcessPath!, [.. Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet" ? new[] { typeof(Child).Assembly.Location } : [], .. arguments], environment);

    /// <summary>The next line; throws where the child has ended.</summary>
    public async Task<string> ReadAsync() =>
        await process.StandardOutput.ReadLineAsync() ?? throw new InvalidOperationException($"{process.StartInfo.FileName} {string.Join(' ', process.StartInfo.ArgumentList)} ended.");

    /// <summary>The next line; null where the child has ended.</summary>
    public Task<string?> TryReadAsync() => process.StandardOutput.ReadLineAsync();

    /// <summary>Says a line and reads the answer.</summary>
    public async Task<string> AskAsync(string line)
    {
        await process.StandardInput.WriteLineAsync(line);
        await process.StandardInput.FlushAsync();
        return await ReadAsync();
    }

    /// <summary>Ends it as kill -9 does.</summary>
    public async ValueTask KillAsync()
    {
        process.Kill();
        await process.WaitForExitAsync();
        process.Dispose();
    }

    public async ValueTask DisposeAsync()
    {
        process.StandardInput.Close();
        try
        {
            await process.WaitForExitAsync(new CancellationTokenSource(Patience).Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
        }

        process.Dispose();
    }
}
