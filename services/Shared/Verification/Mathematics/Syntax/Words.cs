using System.Collections.Frozen;

namespace StreamDistill.Verification.Mathematics;

/// <summary>Words of prose that answers have around their mathematics.</summary>
internal static class Words
{
    private static readonly FrozenSet<string> Short = new[]
    {
        "a", "an", "the", "is", "are", "and", "or", "of", "in", "at", "by", "to", "on", "for", "as", "so", "if", "it", "be", "we", "he", "she", "no", "not", "yes", "per", "any", "all", "one", "two", "has",
        "get", "was", "its", "sum", "day", "days", "DNE", "odd", "men", "cat", "dog", "egg", "box", "way", "ans", "let", "our", "his", "her", "you", "can", "out", "off", "us", "up", "do", "now", "thus", "pm", "am", "mod", "six", "ten",
    }.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    /// <summary>What says nothing before a formula.</summary>
    private static readonly FrozenSet<string> Fillers = new[]
    {
        "the", "a", "an", "is", "are", "be", "so", "thus", "hence", "therefore", "about", "approximately", "exactly", "equal", "equals", "to", "just", "simply", "only", "answer", "final", "value", "result", "we", "get",
        "have", "that", "which", "of", "it", "given", "by", "total", "solution", "solutions", "number", "roughly", "simplified", "expression", "function", "equation", "probability", "set", "pair", "ordered", "point",
        "in", "interval", "notation", "form", "as", "was", "would", "interval", "range", "domain", "numbers", "values",
    }.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    private static readonly FrozenSet<string> Articles = new[] { "the", "a", "an", "is", "it" }.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    private static readonly FrozenSet<string> NoSolution = new[]
    {
        "no solution", "no solutions", "no real solution", "no real solutions", "none", "empty set", "no such value", "no values", "no roots", "no real roots", "there are no solutions", "there is no solution", "there are no real solutions",
        "no such values", "there is no real solution", "empty", "no integer solutions", "no such x exists",
    }.ToFrozenSet(StringComparer.Ordinal);

    private static readonly FrozenDictionary<string, string> Same = new Dictionary<string, string>
    {
        ["dne"] = "undefined", ["does not exist"] = "undefined", ["not exist"] = "undefined", ["doesn't exist"] = "undefined", ["not defined"] = "undefined", ["limit does not exist"] = "undefined",
        ["correct"] = "true", ["false statement"] = "false", ["incorrect"] = "false",
        ["diverges"] = "diverge", ["divergent"] = "diverge", ["converges"] = "converge", ["convergent"] = "converge",
        ["all real numbers"] = "RR", ["all reals"] = "RR", ["real numbers"] = "RR", ["every real number"] = "RR", ["any real number"] = "RR", ["reals"] = "RR", ["infinite"] = "infinity", ["infinitely many"] = "infinitely many solutions",
    }.ToFrozenDictionary(StringComparer.Ordinal);

    private static readonly string[] Numbers =
    [
        "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen", "twenty",
    ];

    private static readonly string[] Tens = ["", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"];

    /// <summary>Whether a short run of letters is a word rather than a product: abc is a product, red is not.</summary>
    public static bool IsWord(string run) => (Short.Contains(run) && (run is "DNE" or "AM" or "PM" || !run.All(char.IsAsciiLetterUpper))) || (run.Length == 3 && !run.All(char.IsAsciiLetterUpper) && run.AsSpan().IndexOfAny("eiouEIOU") >= 0);

    /// <summary>Twelve, thirty-five, a hundred.</summary>
    public static bool TryNumber(string words, out int number)
    {
        var parts = words.Split('-', ' ');
        number = Array.IndexOf(Numbers, words);
        if (number < 0 && Array.IndexOf(Tens, parts[0]) is var tens and >= 2)
        {
            var ones = parts.Length == 2 ? Array.IndexOf(Numbers, parts[1]) : 0;
            number = parts.Length <= 2 && ones is >= 0 and < 10 ? (tens * 10) + ones : -1;
        }

        number = words is "hundred" or "one hundred" ? 100 : number;
        return number >= 0;
    }

    public static bool IsFiller(string word) => Fillers.Contains(word);

    /// <summary>Words as they are compared: lower case, without articles and plain variations.</summary>
    public static string Normal(IEnumerable<string> words)
    {
        var kept = string.Join(' ', words.SelectMany(word => word.Split(' ', StringSplitOptions.RemoveEmptyEntries)).Where(word => !Articles.Contains(word))).ToLowerInvariant();
        return NoSolution.Contains(kept) ? "" : Same.GetValueOrDefault(kept, kept);
    }
}
