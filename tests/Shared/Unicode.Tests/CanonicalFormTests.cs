using System.Diagnostics;
using System.Globalization;
using System.Text;
using StreamDistill.Unicode;

namespace Unicode.Tests;

public sealed class CanonicalFormTests
{
    [Theory]
    [InlineData("\u00E9", "e\u0301")]
    [InlineData("\u00C5", "\u212B")] // angstrom sign
    [InlineData("\u1E69", "s\u0307\u0323")] // marks in the other order
    [InlineData("\uD55C\uAE00", "\u1112\u1161\u11AB\u1100\u1173\u11AF")] // Hangul
    [InlineData("\uAC01", "\uAC00\u11A8")] // a syllable and a trailing consonant
    [InlineData("\u0915\u093C", "\u0958")] // excluded from composition
    [InlineData("a\u0305\u0301", "a\u0305\u0301")] // a mark of the same class blocks
    [InlineData("\U000110AB", "\U000110A5\U000110BA")] // beyond the basic plane
    [InlineData("plain text, naïve 中文 😀", "plain text, naïve 中文 😀")]
    public void Text_is_composed(string composed, string text) => Assert.Equal(composed, CanonicalForm.Compose(text));

    [Fact]
    public void Many_marks_take_no_longer_than_in_proportion()
    {
        var marks = string.Concat(Enumerable.Repeat("\u0301\u0323", 500_000));
        Assert.Equal("\u1EA1" + new string('\u0323', 499_999) + new string('\u0301', 500_000), CanonicalForm.Compose("a" + marks));
    }

    [Fact]
    public async Task Characters_and_random_strings_have_the_forms_that_Python_gives_them()
    {
        var random = new Random(3);
        var every = Enumerable.Range(0, 0x30000).Where(IsTried).Select(char.ConvertFromUtf32).ToList();
        var changing = every.Where(text => CanonicalForm.Compose("e" + text) != "e" + text || CanonicalForm.Decompose(text) != text).ToList();
        string[] texts =
        [
            .. every,
            .. Enumerable.Range(0, 20_000).Select(_ => string.Concat(Enumerable.Range(0, random.Next(2, 8)).Select(_ => changing[random.Next(changing.Count)]))),
        ];
        Assert.True(changing.Count > 2000);

        var answers = await NormalizeAsync(texts);
        Assert.SkipWhen(answers[0] != "14.0.0", $"python3 has Unicode {answers[0]}, the tables are of 14.0.0.");
        for (var i = 0; i < texts.Length; i++)
        {
            Assert.Equal(answers[i + 1], $"{Hex(CanonicalForm.Compose(texts[i]))} {Hex(CanonicalForm.Decompose(texts[i]))}");
        }
    }

    /// <summary>All that is assigned, but few of the many that are alike: ideographs and Hangul syllables.</summary>
    private static bool IsTried(int code) => code switch
    {
        >= 0x3400 and < 0xD7A4 or >= 0x20000 and < 0x2F800 => code % 17 == 0,
        >= 0xD800 and < 0xF900 => false,
        _ => CharUnicodeInfo.GetUnicodeCategory(code) != UnicodeCategory.OtherNotAssigned,
    };

    private static string Hex(string text) => text.Length == 0 ? "-" : Convert.ToHexStringLower(Encoding.BigEndianUnicode.GetBytes(text));

    private static async Task<string[]> NormalizeAsync(string[] texts)
    {
        using var python = Process.Start(new ProcessStartInfo("/usr/bin/python3", [Path.Combine(AppContext.BaseDirectory, "normalize.py")])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!;
        var output = python.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        foreach (var text in texts)
        {
            await python.StandardInput.WriteLineAsync(Hex(text));
        }

        python.StandardInput.Close();
        await python.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (await output).Split('\n');
    }
}
