namespace StreamDistill.Cli.Demo;

/// <summary>A seeded generator (SplitMix64, Steele et al. 2014) that gives the same numbers on every machine and in every release of .NET.</summary>
internal sealed class DemoRandom(params ReadOnlySpan<int> seeds)
{
    private ulong state = Mix(seeds);

    /// <summary>From <paramref name="first"/> to <paramref name="last"/>, both included.</summary>
    public int Next(int first, int last) => first + (int)(Next() % (ulong)(last - first + 1));

    /// <summary>From 0 to below 1.</summary>
    public double NextShare() => (Next() >> 11) * Math.ScaleB(1, -53);

    public bool Chance(double share) => NextShare() < share;

    public T Pick<T>(IReadOnlyList<T> items) => items[Next(0, items.Count - 1)];

    private ulong Next()
    {
        state += 0x9E3779B97F4A7C15;
        return Scramble(state);
    }

    private static ulong Mix(ReadOnlySpan<int> seeds)
    {
        var mixed = 0UL;
        foreach (var seed in seeds)
        {
            mixed = Scramble(mixed + 0x9E3779B97F4A7C15 + (uint)seed);
        }

        return mixed;
    }

    private static ulong Scramble(ulong value)
    {
        value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9;
        value = (value ^ (value >> 27)) * 0x94D049BB133111EB;
        return value ^ (value >> 31);
    }
}
