using System.Globalization;
using System.Text.Json;

namespace StreamDistill.Serve;

/// <summary>A value of the body, and its name as errors say it: messages[0].content.</summary>
internal readonly record struct RequestField(string Name, JsonElement Value)
{
    /// <summary>A string.</summary>
    public string Text()
    {
        if (Value.ValueKind != JsonValueKind.String)
        {
            throw Wrong("a string");
        }

        try
        {
            return Value.GetString()!;
        }
        catch (InvalidOperationException)
        {
            throw ApiException.Invalid(Name, "holds half of a surrogate pair; send whole characters.");
        }
    }

    /// <summary>true or false.</summary>
    public bool Flag() => Value.ValueKind is JsonValueKind.True or JsonValueKind.False ? Value.GetBoolean() : throw Wrong("true or false");

    /// <summary>A whole number within limits.</summary>
    public long Integer(long least, long most) => Value.ValueKind == JsonValueKind.Number && Value.TryGetInt64(out var number) && number >= least && number <= most
        ? number
        : throw Wrong(string.Create(CultureInfo.InvariantCulture, $"a whole number from {least} to {most}"));

    /// <summary>A number within limits.</summary>
    public double Number(double least, double most, string? allowed = null) =>
        Value.ValueKind == JsonValueKind.Number && Value.TryGetDouble(out var number) && number >= least && number <= most
            ? number
            : throw Wrong(allowed ?? string.Create(CultureInfo.InvariantCulture, $"a number from {least} to {most}"));

    /// <summary>The items of an array.</summary>
    public IEnumerable<RequestField> Items()
    {
        var name = Name;
        return Value.ValueKind == JsonValueKind.Array
            ? Value.EnumerateArray().Select((item, index) => new RequestField(string.Create(CultureInfo.InvariantCulture, $"{name}[{index}]"), item))
            : throw Wrong("an array");
    }

    /// <summary>The members of an object; those that are null are left out.</summary>
    public IEnumerable<RequestField> Members()
    {
        var name = Name;
        return Value.ValueKind == JsonValueKind.Object
            ? Value.EnumerateObject().Where(member => member.Value.ValueKind != JsonValueKind.Null).Select(member => new RequestField($"{name}.{member.Name}", member.Value))
            : throw Wrong("an object");
    }

    private ApiException Wrong(string allowed)
    {
        var given = Value.GetRawText();
        return ApiException.Invalid(Name, $"is {(given.Length <= 50 ? given : given[..50] + "…")}; allowed is {allowed}.");
    }
}
