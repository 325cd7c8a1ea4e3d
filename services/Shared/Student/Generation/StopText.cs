namespace StreamDistill.Student;

/// <summary>Lets a text through as it is generated, up to the first of its stop texts, also where that spans tokens.</summary>
/// <param name="decoder">Makes characters of tokens.</param>
/// <param name="stops">The stop texts.</param>
internal sealed class StopText(TokenDecoder decoder, IReadOnlyList<string> stops)
{
    private string held = "";

    /// <summary>Whether a stop text was found.</summary>
    public bool IsStopped { get; private set; }

    /// <summary>Takes a token and returns what became certain.</summary>
    public string Push(int token) => LetThrough(decoder.Push(token), isEnd: false);

    /// <summary>Returns what is left at the end.</summary>
    public string Flush() => LetThrough(decoder.Flush(), isEnd: true);

    private string LetThrough(string added, bool isEnd)
    {
        if (IsStopped)
        {
            return "";
        }

        var text = held + added;
        var stop = stops.Select(stop => text.IndexOf(stop, StringComparison.Ordinal)).Where(place => place >= 0).DefaultIfEmpty(-1).Min();
        IsStopped = stop >= 0;
        var certain = IsStopped ? stop : isEnd ? text.Length : CertainLength(text);
        held = IsStopped ? "" : text[certain..];
        return text[..certain];
    }

    /// <summary>Without the longest end that a stop text begins with.</summary>
    private int CertainLength(string text)
    {
        var longest = stops.Count == 0 ? 0 : stops.Max(stop => stop.Length) - 1;
        for (var start = Math.Max(0, text.Length - longest); start < text.Length; start++)
        {
            if (stops.Any(stop => stop.AsSpan().StartsWith(text.AsSpan(start), StringComparison.Ordinal)))
            {
                return start;
            }
        }

        return text.Length;
    }
}
