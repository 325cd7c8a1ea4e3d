namespace StreamDistill.Contracts;

/// <summary>
/// Reasoning written inline as &lt;think&gt;…&lt;/think&gt; before the answer, as DeepSeek-R1, QwQ and Qwen3 do where the
/// server does not take it apart.
/// </summary>
public static class ThinkTags
{
    private const string Open = "<think>";
    private const string Close = "</think>";

    /// <summary>
    /// Reasoning (null where there is none) and answer. The opening tag may be missing, since chat templates put it into
    /// the prompt; a closing tag that is missing means that the teacher was cut off while thinking: no answer.
    /// Text without tags is the answer, unchanged.
    /// </summary>
    public static (string? Reasoning, string Answer) Split(string text)
    {
        var start = text.AsSpan().TrimStart();
        var opened = start.StartsWith(Open, StringComparison.Ordinal);
        var thoughts = opened ? start[Open.Length..] : start;
        var end = thoughts.IndexOf(Close, StringComparison.Ordinal);
        if (end < 0)
        {
            return opened ? (NullIfBlank(thoughts), "") : (null, text);
        }

        return (NullIfBlank(thoughts[..end]), thoughts[(end + Close.Length)..].Trim().ToString());
    }

    /// <summary>Reasoning and answer as one text, as students learn to write it; the answer alone where there is no reasoning.</summary>
    public static string Join(string? reasoning, string answer) =>
        string.IsNullOrWhiteSpace(reasoning) ? answer : $"{Open}\n{reasoning.Trim()}\n{Close}\n{answer.Trim()}";

    private static string? NullIfBlank(ReadOnlySpan<char> text) => text.Trim() is { IsEmpty: false } some ? some.ToString() : null;
}
