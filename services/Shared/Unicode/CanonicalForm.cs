using System.Buffers;
using System.Collections.Frozen;
using System.Globalization;
using System.Text;

namespace StreamDistill.Unicode;

/// <summary>
/// Unicode's canonical normalisation forms (Unicode Standard Annex 15): the same for texts that differ only in how they
/// spell accented letters. .NET's own Normalize leaves text as it is under invariant globalization and follows the
/// machine's ICU otherwise; ids and tokens have to be the same everywhere. The tables are in canonical.txt.
/// </summary>
public static class CanonicalForm
{
    private const int HangulFirst = 0xAC00, HangulCount = 11172, LeadFirst = 0x1100, VowelFirst = 0x1161, TrailBase = 0x11A7;
    private const int LeadCount = 19, VowelCount = 21, TrailCount = 28;
    private const char LastUnchanged = '\u00BF';

    private static readonly FrozenDictionary<int, Rune[]> Decompositions;
    private static readonly FrozenDictionary<int, byte> Classes;
    private static readonly FrozenDictionary<(int First, int Second), Rune> Compositions;

    /// <summary>What composed text does not have, or may have only in some order: text without any is composed.</summary>
    private static readonly SearchValues<char> Uncomposed;

    static CanonicalForm()
    {
        var decompositions = new Dictionary<int, Rune[]>();
        var classes = new Dictionary<int, byte>();
        var excluded = new HashSet<int>();
        using var reader = new StreamReader(typeof(CanonicalForm).Assembly.GetManifestResourceStream("canonical.txt")!);
        while (reader.ReadLine() is { } line)
        {
            var fields = line.Split(' ');
            switch (fields[0])
            {
                case "D":
                    decompositions.Add(Hex(fields[1]), [.. fields.Skip(2).Select(field => new Rune(Hex(field)))]);
                    break;
                case "C":
                    for (var code = Hex(fields[1]); code <= Hex(fields[2]); code++)
                    {
                        classes.Add(code, byte.Parse(fields[3], CultureInfo.InvariantCulture));
                    }

                    break;
                case "X":
                    excluded.UnionWith(Enumerable.Range(Hex(fields[1]), Hex(fields[2]) - Hex(fields[1]) + 1));
                    break;
            }
        }

        var compositions = Composed(decompositions, excluded);
        Decompositions = decompositions.ToFrozenDictionary();
        Classes = classes.ToFrozenDictionary();
        Compositions = compositions.ToFrozenDictionary();
        IEnumerable<int> jamo = [.. Enumerable.Range(VowelFirst, VowelCount), .. Enumerable.Range(TrailBase + 1, TrailCount - 1)];
        Uncomposed = SearchValues.Create(
            [.. jamo.Concat(classes.Keys).Concat(excluded).Concat(compositions.Keys.Select(pair => pair.Second)).Select(code => char.ConvertFromUtf32(code)[0]).Distinct()]);
    }

    /// <summary>The text decomposed, with combining marks in canonical order (NFD). Halves of surrogate pairs become U+FFFD.</summary>
    public static string Decompose(string text)
    {
        if (text.AsSpan().IndexOfAnyExceptInRange('\0', LastUnchanged) < 0)
        {
            return text;
        }

        var result = new StringBuilder(text.Length + 16);
        foreach (var rune in Decomposed(text))
        {
            result.Append(rune);
        }

        return result.ToString();
    }

    /// <summary>The text decomposed, then composed as far as it can be (NFC).</summary>
    /// <param name="text">Without halves of surrogate pairs.</param>
    public static string Compose(string text)
    {
        if (text.AsSpan().IndexOfAny(Uncomposed) < 0)
        {
            return text;
        }

        var runes = Decomposed(text);
        var (count, starter, lastClass) = (0, -1, 0);
        foreach (var rune in runes)
        {
            var itsClass = ClassOf(rune);

            // A mark of the same class, or a starter, between the two blocks them.
            if (starter >= 0 && (lastClass < itsClass || count == starter + 1) && Composed(runes[starter], rune) is { } composed)
            {
                runes[starter] = composed;
                continue;
            }

            if (itsClass == 0)
            {
                starter = count;
            }

            lastClass = itsClass;
            runes[count++] = rune;
        }

        var result = new StringBuilder(text.Length);
        for (var i = 0; i < count; i++)
        {
            result.Append(runes[i]);
        }

        return result.ToString();
    }

    private static Rune[] Decomposed(string text)
    {
        var runes = new List<Rune>(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            runes.AddRange(Decompose(rune));
        }

        var result = runes.ToArray();
        for (int start = 0, end; start < result.Length; start = end + 1)
        {
            end = start;
            while (end < result.Length && ClassOf(result[end]) != 0)
            {
                end++;
            }

            if (end - start > 1)
            {
                // Marks of the same class keep their order, which OrderBy does.
                result[start..end].OrderBy(ClassOf).ToArray().CopyTo(result, start);
            }
        }

        return result;
    }

    private static Rune[] Decompose(Rune rune)
    {
        var index = rune.Value - HangulFirst;
        if (index is < 0 or >= HangulCount)
        {
            return Decompositions.TryGetValue(rune.Value, out var parts) ? parts : [rune];
        }

        var lead = new Rune(LeadFirst + (index / (VowelCount * TrailCount)));
        var vowel = new Rune(VowelFirst + (index % (VowelCount * TrailCount) / TrailCount));
        return index % TrailCount == 0 ? [lead, vowel] : [lead, vowel, new Rune(TrailBase + (index % TrailCount))];
    }

    private static Rune? Composed(Rune first, Rune second)
    {
        var (lead, vowel, trail, syllable) = (first.Value - LeadFirst, second.Value - VowelFirst, second.Value - TrailBase, first.Value - HangulFirst);
        if (lead is >= 0 and < LeadCount && vowel is >= 0 and < VowelCount)
        {
            return new Rune(HangulFirst + (((lead * VowelCount) + vowel) * TrailCount));
        }

        if (syllable is >= 0 and < HangulCount && syllable % TrailCount == 0 && trail is > 0 and < TrailCount)
        {
            return new Rune(first.Value + trail);
        }

        return Compositions.TryGetValue((first.Value, second.Value), out var composed) ? composed : null;
    }

    /// <summary>The pairs that composition joins: of each decomposition its last part, and what the parts before it compose to.</summary>
    private static Dictionary<(int First, int Second), Rune> Composed(Dictionary<int, Rune[]> decompositions, HashSet<int> excluded)
    {
        var byParts = decompositions.Where(entry => !excluded.Contains(entry.Key)).ToDictionary(entry => string.Concat(entry.Value), entry => entry.Key);
        return byParts.Values.ToDictionary(
            code => (decompositions[code] is [var only, _] ? only.Value : byParts[string.Concat(decompositions[code][..^1])], decompositions[code][^1].Value),
            code => new Rune(code));
    }

    private static byte ClassOf(Rune rune) => Classes.GetValueOrDefault(rune.Value);

    private static int Hex(string digits) => int.Parse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
}
