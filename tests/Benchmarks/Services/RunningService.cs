using System.Collections.Concurrent;
using System.Text.RegularExpressions;

namespace StreamDistill.Benchmarks;

/// <summary>A service in a process of its own: what it logs, and what memory it takes.</summary>
internal sealed partial class RunningService : IAsyncDisposable
{
    private readonly Child child;
    private readonly Task reading;

    private RunningService(Child child)
    {
        this.child = child;
        reading = ReadAsync();
    }

    /// <summary>Its log so far.</summary>
    public ConcurrentQueue<string> Log { get; } = new();

    /// <summary>Its memory so far, every two seconds.</summary>
    public ConcurrentQueue<MemorySample> Memory { get; } = new();

    /// <summary>Its process.</summary>
    public int ProcessId => child.Id;

    /// <summary>Starts a service's own program, against the cluster where it needs one.</summary>
    public static RunningService StartAsItIs(string name, Cluster? cluster, params string[] arguments)
    {
        var environment = cluster?.Environment ?? [];
        environment["STREAMDISTILL_SUPERVISED"] = "1";
        var program = Path.Combine(AppContext.BaseDirectory, "StreamDistill." + name);
        return new RunningService(File.Exists(program)
            ? Child.Start(program, arguments, environment)
            : Child.Start("dotnet", [program + ".dll", .. arguments], environment));
    }

    /// <summary>Starts a service against the cluster, metered, with the garbage collector that its own program has.</summary>
    public static RunningService Start(string name, Cluster cluster, params string[] arguments)
    {
        var settings = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, $"StreamDistill.{name}.runtimeconfig.json"));
        var environment = cluster.Environment;
        environment["STREAMDISTILL_SUPERVISED"] = "1";
        environment["DOTNET_gcServer"] = settings.Contains("\"System.GC.Server\": true", StringComparison.Ordinal) ? "1" : "0";
        return new RunningService(Child.StartSelf(["service", name, .. arguments], environment));
    }

    /// <summary>Waits for a line of the log.</summary>
    public async Task<string> WaitForAsync(string text)
    {
        while (!reading.IsCompleted)
        {
            if (Log.FirstOrDefault(line => line.Contains(text, StringComparison.Ordinal)) is { } found)
            {
                return found;
            }

            await Task.Delay(50);
        }

        throw new InvalidOperationException($"The service ended without saying '{text}':\n{string.Join('\n', Log)}");
    }

    /// <summary>Where it listens, once it does.</summary>
    public async Task<string> AddressAsync() => Address().Match(await WaitForAsync("Now listening on: ")).Value;

    public ValueTask DisposeAsync() => child.DisposeAsync();

    private async Task ReadAsync()
    {
        while (await child.TryReadAsync() is { } line)
        {
            if (MemorySample.Read(line) is { } sample)
            {
                Memory.Enqueue(sample);
            }
            else
            {
                Log.Enqueue(line);
            }
        }
    }

    [GeneratedRegex("http://[0-9.:]+")]
    private static partial Regex Address();
}
