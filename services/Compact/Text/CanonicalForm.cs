using System.Collections.Frozen;
using System.Globalization;
using System.Text;

namespace StreamDistill.Compact;

/// <summary>
/// Unicode's canonical decomposition (NFD, Unicode Standard Annex 15): the same for texts that differ only in how they
/// spell accented letters. .NET's own Normalize leaves text as it is under invariant globalization and follows the
/// machine's ICU otherwise; ids have to be the same everywhere. The tables are in canonical.txt.
/// </summary>
internal static class CanonicalForm
{
    private const int HangulFirst = 0xAC00, HangulCount = 11172, LeadFirst = 0x1100, VowelFirst = 0x1161, TrailBase = 0x11A7;
    private const int VowelCount = 21, TrailCount = 28;
    private const char LastUnchanged = '\u00BF';

    private static readonly FrozenDictionary<int, Rune[]> Decompositions;
    private static readonly FrozenDictionary<int, byte> Classes;

    static CanonicalForm()
    {
        var decompositions = new Dictionary<int, Rune[]>();
        var classes = new Dictionary<int, byte>();
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
            }
        }

        Decompositions = decompositions.ToFrozenDictionary();
        Classes = classes.ToFrozenDictionary();
    }

    /// <summary>The text decomposed, with combining marks in canonical order. Halves of surrogate pairs become U+FFFD.</summary>
    public static string Of(string text)
    {
        if (text.AsSpan().IndexOfAnyExceptInRange('\0', LastUnchanged) < 0)
        {
            return text;
        }

        var result = new StringBuilder(text.Length + 16);
        var marks = new List<Rune>();
        foreach (var rune in text.EnumerateRunes())
        {
            foreach (var part in Decompose(rune))
            {
                if (ClassOf(part) != 0)
                {
                    marks.Add(part);
                    continue;
                }

                FlushMarks(marks, result);
                result.Append(part);
            }
        }

        FlushMarks(marks, result);
        return result.ToString();
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

    /// <summary>Marks of the same class keep their order, which OrderBy does.</summary>
    private static void FlushMarks(List<Rune> marks, StringBuilder result)
    {
        foreach (var mark in marks.Count > 1 ? marks.OrderBy(ClassOf) : marks.AsEnumerable())
        {
            result.Append(mark);
        }

        marks.Clear();
    }

    private static byte ClassOf(Rune rune) => Classes.GetValueOrDefault(rune.Value);

    private static int Hex(string digits) => int.Parse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
}
