namespace StreamDistill.Student;

/// <summary>Numbers that depend on a seed and a position only (SplitMix64, Steele, Lea and Flood 2014): the same on every machine,
/// whatever was drawn before, and apart from libtorch's generator.</summary>
internal static class Randomness
{
    private const ulong Golden = 0x9E3779B97F4A7C15;

    /// <summary>A number evenly from [0, 1), with 53 random bits.</summary>
    public static double Uniform(long seed, long position) =>
        (Mix(Mix(unchecked((ulong)seed)) + (unchecked((ulong)position + 1) * Golden)) >> 11) * (1.0 / (1UL << 53));

    /// <summary>Fills with numbers of the normal distribution around 0 (Box and Muller).</summary>
    public static void FillNormal(Span<float> values, double deviation, long seed, long position)
    {
        for (var index = 0; index < values.Length; index += 2)
        {
            var radius = deviation * Math.Sqrt(-2 * Math.Log(1 - Uniform(seed, position + index)));
            var (sine, cosine) = Math.SinCos(2 * Math.PI * Uniform(seed, position + index + 1));
            values[index] = (float)(radius * cosine);
            if (index + 1 < values.Length)
            {
                values[index + 1] = (float)(radius * sine);
            }
        }
    }

    /// <summary>Fills with numbers evenly from [-bound, bound).</summary>
    public static void FillUniform(Span<float> values, double bound, long seed, long position)
    {
        for (var index = 0; index < values.Length; index++)
        {
            values[index] = (float)(bound * ((2 * Uniform(seed, position + index)) - 1));
        }
    }

    /// <summary>A seed of its own for a part that has a name, such as a parameter.</summary>
    public static long SeedOf(long seed, string name)
    {
        var hash = unchecked((ulong)seed);
        foreach (var letter in name)
        {
            hash = Mix(hash ^ letter) + Golden;
        }

        return unchecked((long)hash);
    }

    private static ulong Mix(ulong value)
    {
        value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9;
        value = (value ^ (value >> 27)) * 0x94D049BB133111EB;
        return value ^ (value >> 31);
    }
}
