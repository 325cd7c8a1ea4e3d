using System.Globalization;
using System.Text;

namespace StreamDistill.Benchmarks;

/// <summary>Prompts that all differ, with the answers a recorded teacher gives: all of them right.</summary>
internal static class GeneratedPrompts
{
    public static string IdOf(int number) => string.Create(CultureInfo.InvariantCulture, $"p{number:D7}");

    /// <summary>A line for Ingest.</summary>
    public static string Line(int number)
    {
        var (apples, pears) = Fruit(number);
        return string.Create(
            CultureInfo.InvariantCulture,
            $$$"""{"prompt_id":"{{{IdOf(number)}}}","task":"math","messages":[{"role":"user","content":"Crate {{{number}}} of the harvest holds {{{apples}}} apples and twice as many pears as the {{{pears}}} that crate {{{number + 1}}} holds. A third of nothing is taken away, and nobody eats on the way to the market. How many pieces of fruit are in the crate when it arrives?"}],"reference":{"answer":"{{{apples + (2 * pears)}}}"},"sampling":{"n":1}}""") + "\n";
    }

    /// <summary>The teacher's answers to the first so many prompts.</summary>
    public static void WriteRecording(string path, int prompts)
    {
        using var file = new StreamWriter(path, append: false, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), bufferSize: 1 << 16);
        for (var number = 0; number < prompts; number++)
        {
            var (apples, pears) = Fruit(number);
            file.Write(string.Create(
                CultureInfo.InvariantCulture,
                $$$"""{"prompt_id":"{{{IdOf(number)}}}","reasoning":"Crate {{{number}}} has {{{apples}}} apples. The next crate has {{{pears}}} pears, and twice as many are {{{2 * pears}}}. Taking a third of nothing away changes nothing, so I only have to add: {{{apples}}} + {{{2 * pears}}} = {{{apples + (2 * pears)}}}. Let me check that again: {{{2 * pears}}} is indeed two times {{{pears}}}, and nobody eats on the way.","answer":"There are {{{apples}}} apples and 2 * {{{pears}}} = {{{2 * pears}}} pears, which makes {{{apples}}} + {{{2 * pears}}} = {{{apples + (2 * pears)}}} pieces of fruit.\n#### {{{apples + (2 * pears)}}}"}"""));
            file.Write('\n');
        }
    }

    private static (int Apples, int Pears) Fruit(int number) => (3 + (number * 7 % 90), 2 + (number * 13 % 70));
}
