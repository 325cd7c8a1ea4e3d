using System.Globalization;
using System.Text.Json;
using StreamDistill.Contracts;

namespace StreamDistill.Verification;

/// <summary>A verifier's name or parameter is wrong; the message says what is allowed.</summary>
public sealed class VerifierConfigurationException(string message, Exception? innerException = null)
    : StreamDistillException(message, isTransient: false, innerException);

/// <summary>
/// The parameters of one verifier as its constructor reads them. Reading a parameter also declares it: what nobody
/// read is unknown, and what was read, with defaults filled in, is the effective configuration that a policy's hash covers.
/// </summary>
public sealed class ParameterReader(string verifier, IEnumerable<KeyValuePair<string, string>> given)
{
    private readonly Dictionary<string, string> given = new(given, StringComparer.Ordinal);
    private readonly SortedDictionary<string, string> effective = new(StringComparer.Ordinal);

    /// <summary>Every parameter read, with its value or default in canonical form, ordered by name.</summary>
    public IReadOnlyDictionary<string, string> Effective => effective;

    /// <summary>A text of at most <paramref name="maxLength"/> characters; null where it is not given.</summary>
    public string? Text(string name, int maxLength = 100_000)
    {
        var text = given.GetValueOrDefault(name);
        if (text?.Length > maxLength)
        {
            throw Wrong(name, text[..40] + "…", "at most " + maxLength.ToString(CultureInfo.InvariantCulture) + " characters");
        }

        effective[name] = text ?? "";
        return text;
    }

    /// <summary>A text that must be given and not be empty.</summary>
    public string RequiredText(string name, string meaning, int maxLength = 100_000)
    {
        var text = Text(name, maxLength);
        return string.IsNullOrEmpty(text)
            ? throw new VerifierConfigurationException($"Verifier '{verifier}' needs the parameter '{name}': {meaning}.")
            : text;
    }

    /// <summary>A whole number from <paramref name="minimum"/> to <paramref name="maximum"/>.</summary>
    public int Integer(string name, int otherwise, int minimum, int maximum)
    {
        var value = otherwise;
        if (given.TryGetValue(name, out var text)
            && (!int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out value) || value < minimum || value > maximum))
        {
            throw Wrong(name, text, string.Create(CultureInfo.InvariantCulture, $"a whole number from {minimum} to {maximum}"));
        }

        effective[name] = value.ToString(CultureInfo.InvariantCulture);
        return value;
    }

    /// <summary>A finite number from <paramref name="minimum"/> to <paramref name="maximum"/>, with a point as decimal separator.</summary>
    public decimal Number(string name, decimal otherwise, decimal minimum, decimal maximum)
    {
        var value = otherwise;
        if (given.TryGetValue(name, out var text)
            && (!decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out value) || value < minimum || value > maximum))
        {
            throw Wrong(name, text, string.Create(CultureInfo.InvariantCulture, $"a number from {minimum} to {maximum}"));
        }

        effective[name] = value.ToString("0.############################", CultureInfo.InvariantCulture);
        return value;
    }

    /// <summary>One of the members of an enum, written in snake case.</summary>
    public T Choice<T>(string name, T otherwise)
        where T : struct, Enum
    {
        var words = Array.ConvertAll(Enum.GetNames<T>(), JsonNamingPolicy.SnakeCaseLower.ConvertName);
        var index = Array.IndexOf(Enum.GetValues<T>(), otherwise);
        if (given.TryGetValue(name, out var text))
        {
            index = Array.FindIndex(words, word => word.Equals(text, StringComparison.OrdinalIgnoreCase));
        }

        effective[name] = index >= 0 ? words[index] : throw Wrong(name, text!, string.Join(", ", words));
        return Enum.GetValues<T>()[index];
    }

    /// <summary>Texts separated by '|', each trimmed; null where the parameter is not given.</summary>
    public IReadOnlyList<string>? List(string name)
    {
        var text = Text(name);
        if (text is null)
        {
            return null;
        }

        var items = text.Split('|', StringSplitOptions.TrimEntries);
        return items.Contains("") ? throw Wrong(name, text, "texts separated by '|', none of them empty") : items;
    }

    /// <summary>The error for a value that is not allowed.</summary>
    public VerifierConfigurationException Wrong(string name, string value, string allowed, Exception? cause = null) => new(
        $"Verifier '{verifier}': the parameter '{name}' is '{value}'; allowed is {allowed}.", cause);

    /// <summary>Throws where a parameter was given that was not read.</summary>
    public void RequireAllRead()
    {
        if (given.Keys.FirstOrDefault(name => !effective.ContainsKey(name)) is { } unknown)
        {
            var allowed = effective.Count == 0 ? "it has none" : "allowed are " + string.Join(", ", effective.Keys);
            throw new VerifierConfigurationException($"Verifier '{verifier}' has no parameter '{unknown}'; {allowed}.");
        }
    }
}
