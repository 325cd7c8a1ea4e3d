using System.Diagnostics;
using System.Globalization;

namespace StreamDistill.EndToEnd.Crashing;

/// <summary>
/// Kills randomly chosen parts of a system, sometimes two at once. Most kills follow the one before within a few hundred
/// milliseconds, and so hit parts that are starting and recovering; before the others it waits until everything is up
/// again and lets it work for a moment, so that the run makes progress and parts are hit at work.
/// </summary>
internal sealed class Killer(RunningSystem system, IReadOnlyList<string> victims, int seed)
{
    private const double PatientShare = 0.2;
    private const double TwoAtOnceShare = 0.25;
    private const int HurriedMillisecondsMin = 50, HurriedMillisecondsMax = 550;
    private const int WorkMillisecondsMax = 1500;
    private const int RecentMax = 40;

    private static readonly TimeSpan LookAgain = TimeSpan.FromMilliseconds(20);

    private readonly Random random = new(seed);
    private readonly Queue<string> recent = new();
    private volatile int kills;

    /// <summary>Processes killed so far.</summary>
    public int Kills => kills;

    /// <summary>Kills by part.</summary>
    public SortedDictionary<string, int> ByPart { get; } = new(StringComparer.Ordinal);

    /// <summary>How long it was until everything was up again, by the part that was the last to, in seconds.</summary>
    public SortedDictionary<string, (int Times, double Seconds)> Recoveries { get; } = new(StringComparer.Ordinal);

    /// <summary>The last kills, oldest first.</summary>
    public IEnumerable<string> Recent => recent;

    /// <summary>Returns when so many processes were killed.</summary>
    public async Task RunAsync(int wanted, CancellationToken cancellationToken)
    {
        while (kills < wanted)
        {
            var isPatient = random.NextDouble() < PatientShare;
            if (isPatient)
            {
                await RecoverAsync(cancellationToken);
            }

            var wait = isPatient ? random.Next(WorkMillisecondsMax) : random.Next(HurriedMillisecondsMin, HurriedMillisecondsMax);
            await Task.Delay(wait, cancellationToken);
            foreach (var name in Choose(random.NextDouble() < TwoAtOnceShare ? 2 : 1))
            {
                await KillAsync(name, isPatient, cancellationToken);
            }
        }
    }

    private async Task RecoverAsync(CancellationToken cancellationToken)
    {
        var started = Stopwatch.GetTimestamp();
        var last = await system.ReadyAsync(cancellationToken);
        var (times, seconds) = Recoveries.GetValueOrDefault(last);
        Recoveries[last] = (times + 1, seconds + Stopwatch.GetElapsedTime(started).TotalSeconds);
    }

    private string[] Choose(int count)
    {
        var names = victims.ToArray();
        random.Shuffle(names);
        return names[..Math.Min(count, names.Length)];
    }

    private async Task KillAsync(string name, bool atWork, CancellationToken cancellationToken)
    {
        Part part;
        while ((part = system.Parts.FirstOrDefault(candidate => candidate.Name == name)).Id == 0)
        {
            // It is dead already: the supervisor is about to start it again.
            await Task.Delay(LookAgain, cancellationToken);
        }

        ChildProcesses.Signal(part, ChildProcesses.SigKill);
        kills++;
        ByPart[name] = ByPart.GetValueOrDefault(name) + 1;
        recent.Enqueue(string.Create(
            CultureInfo.InvariantCulture, $"{DateTime.UtcNow:HH:mm:ss.fff} {kills}: {name} ({part.Id}){(atWork ? " at work" : "")}"));
        if (recent.Count > RecentMax)
        {
            recent.Dequeue();
        }
    }
}
