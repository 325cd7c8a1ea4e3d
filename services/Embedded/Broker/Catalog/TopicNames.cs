namespace StreamDistill.Embedded.Broker.Catalog;

/// <summary>Kafka's rules for topic names.</summary>
internal static class TopicNames
{
    private const int LengthMax = 249;

    /// <summary>What is wrong with a name, or null.</summary>
    public static string? Problem(string name)
    {
        if (name.Length == 0)
        {
            return "A topic's name must not be empty.";
        }

        if (name is "." or "..")
        {
            return $"A topic's name must not be '{name}'.";
        }

        if (name.Length > LengthMax)
        {
            return $"A topic's name has at most {LengthMax} characters; this one has {name.Length}.";
        }

        return name.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-')
            ? null
            : $"The topic name '{name}' has a character that is none of a-z, A-Z, 0-9, '.', '_' and '-'.";
    }

    /// <summary>Whether two different names would be one in a metric's name, where '.' and '_' are the same.</summary>
    public static bool Collide(string one, string other) =>
        one.Length == other.Length && one != other && one.Replace('.', '_') == other.Replace('.', '_');
}
