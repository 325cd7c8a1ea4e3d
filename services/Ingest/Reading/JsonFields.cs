using System.Text.Json;

namespace StreamDistill.Ingest;

/// <summary>Where a field is, written out only when it has to be named.</summary>
internal readonly record struct Place(string? Parent = null, int? Index = null)
{
    public string Self => Index is null ? Parent ?? "" : $"{Parent}[{Index}]";

    public string At(string name) => name.Length == 0 ? Self : Self is { Length: > 0 } self ? $"{self}.{name}" : name;
}

/// <summary>
/// Reads typed values out of a JSON document. The first thing that is wrong is kept in <see cref="Wrong"/> and reading goes
/// on with placeholders, so that a reader of many fields asks once, at the end.
/// </summary>
internal sealed class JsonFields
{
    private const int MaxNameChars = 256;

    public (string Field, string Reason)? Wrong { get; private set; }

    public void Refuse(string field, string reason) => Wrong ??= (field, reason);

    /// <summary>Whether the field is given; JSON's null is the same as leaving it out.</summary>
    public static bool IsGiven(JsonElement value) => value.ValueKind is not (JsonValueKind.Undefined or JsonValueKind.Null);

    /// <summary>The member of an object; undefined where there is none.</summary>
    public static JsonElement Member(JsonElement parent, string name) =>
        parent.ValueKind == JsonValueKind.Object && parent.TryGetProperty(name, out var value) ? value : default;

    public bool Is(JsonElement value, JsonValueKind kind, Place place, string name = "")
    {
        if (value.ValueKind == kind)
        {
            return true;
        }

        Refuse(place.At(name), IsGiven(value) ? $"must be {Describe(kind)}, not {Describe(value.ValueKind)}" : $"is missing; it must be {Describe(kind)}");
        return false;
    }

    /// <summary>The string; empty where it is refused.</summary>
    public string Text(JsonElement value, Place place, string name)
    {
        if (!Is(value, JsonValueKind.String, place, name))
        {
            return "";
        }

        try
        {
            var text = value.GetString()!;
            if (text.Contains('\0'))
            {
                Refuse(place.At(name), "contains the character NUL (\\u0000), which is not allowed in text");
            }

            return text;
        }
        catch (InvalidOperationException)
        {
            Refuse(place.At(name), "contains half of a surrogate pair (\\ud800 to \\udfff), which is not a character");
            return "";
        }
    }

    /// <summary>The string, or null where it is not given.</summary>
    public string? OptionalText(JsonElement value, Place place, string name) => IsGiven(value) ? Text(value, place, name) : null;

    /// <summary>A string that identifies something: not empty, not long, without control characters or blanks around it.</summary>
    public string Name(JsonElement value, Place place, string name)
    {
        var text = Text(value, place, name);
        if (Wrong is null && (text.Length is 0 or > MaxNameChars || text.Any(char.IsControl) || text.AsSpan().Trim().Length != text.Length))
        {
            Refuse(place.At(name), $"must have 1 to {MaxNameChars} characters, none of them a control character, and no blanks around it");
        }

        return text;
    }

    public string? OptionalName(JsonElement value, Place place, string name) => IsGiven(value) ? Name(value, place, name) : null;

    /// <summary>A whole number within limits; the default where it is not given.</summary>
    public long Whole(JsonElement value, Place place, string name, long otherwise, long minimum, long maximum)
    {
        if (!IsGiven(value))
        {
            return otherwise;
        }

        if (value.ValueKind != JsonValueKind.Number || !value.TryGetInt64(out var number) || number < minimum || number > maximum)
        {
            Refuse(place.At(name), $"must be a whole number from {minimum} to {maximum}, not {Shorten(value)}");
            return otherwise;
        }

        return number;
    }

    /// <summary>A number within limits; the default where it is not given.</summary>
    public double Real(JsonElement value, Place place, string name, double otherwise, double minimum, double maximum)
    {
        if (!IsGiven(value))
        {
            return otherwise;
        }

        if (value.ValueKind != JsonValueKind.Number || !value.TryGetDouble(out var number) || !(number >= minimum && number <= maximum))
        {
            Refuse(place.At(name), FormattableString.Invariant($"must be a number from {minimum} to {maximum}, not {Shorten(value)}"));
            return otherwise;
        }

        return number;
    }

    /// <summary>An object of strings; numbers, true and false are taken as they are written.</summary>
    public Dictionary<string, string> Texts(JsonElement value, Place place, string name)
    {
        var texts = new Dictionary<string, string>(StringComparer.Ordinal);
        if (!IsGiven(value) || !Is(value, JsonValueKind.Object, place, name))
        {
            return texts;
        }

        var members = new Place(place.At(name));
        foreach (var member in value.EnumerateObject())
        {
            if (member.Name.Length is 0 or > MaxNameChars || member.Name.Contains('\0'))
            {
                Refuse(members.Self, $"has a name that is empty, longer than {MaxNameChars} characters, or contains NUL");
            }

            texts[member.Name] = member.Value.ValueKind is JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False
                ? member.Value.GetRawText()
                : Text(member.Value, members, member.Name);
        }

        return texts;
    }

    private static string Shorten(JsonElement value)
    {
        var text = value.ValueKind is JsonValueKind.Number ? value.GetRawText() : Describe(value.ValueKind);
        return text.Length <= 40 ? text : text[..40] + "…";
    }

    private static string Describe(JsonValueKind kind) => kind switch
    {
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => "an array",
        JsonValueKind.String => "a string",
        JsonValueKind.Number => "a number",
        JsonValueKind.True => "true",
        JsonValueKind.False => "false",
        _ => "null",
    };
}
