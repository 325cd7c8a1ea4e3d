using System.Globalization;

namespace StreamDistill.Embedded.Broker.Catalog;

/// <summary>A setting's type, as DescribeConfigs numbers it.</summary>
internal enum SettingType : sbyte
{
    Boolean = 1,
    String = 2,
    Int = 3,
    Long = 5,
    Double = 6,
    List = 7,
}

/// <summary>A topic's setting.</summary>
/// <param name="Name">Kafka's name for it.</param>
/// <param name="Type">Its type.</param>
/// <param name="Default">Its value where none is set.</param>
/// <param name="Documentation">What it does, for DescribeConfigs.</param>
/// <param name="Allowed">What values are allowed, for messages.</param>
/// <param name="IsAllowed">Whether a value is.</param>
internal sealed record SettingDefinition(
    string Name, SettingType Type, string Default, string Documentation, string Allowed, Func<string, bool> IsAllowed)
{
    public static SettingDefinition Int(string name, int @default, int min, int max, string documentation) =>
        Long(name, @default, min, max, documentation) with { Type = SettingType.Int };

    public static SettingDefinition Long(string name, long @default, long min, long max, string documentation) =>
        new(name, SettingType.Long, Text(@default), documentation, max == long.MaxValue ? $"a whole number, at least {min}" : $"a whole number from {min} to {max}",
            value => long.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) && number >= min && number <= max);

    public static SettingDefinition Ratio(string name, double @default, string documentation) =>
        new(name, SettingType.Double, @default.ToString(CultureInfo.InvariantCulture), documentation, "a number from 0 to 1",
            value => double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && number is >= 0 and <= 1);

    public static SettingDefinition Choice(string name, string documentation, params string[] values) =>
        new(name, SettingType.String, values[0], documentation, string.Join(" or ", values), values.Contains);

    public static SettingDefinition List(string name, string documentation, params string[] values) =>
        new(name, SettingType.List, values[0], documentation, "a list of " + string.Join(" and ", values),
            value => Split(value) is { Count: > 0 } items && items.All(values.Contains) && items.Distinct().Count() == items.Count);

    /// <summary>A setting of Kafka's that this broker does not have: only the value by which it behaves is allowed.</summary>
    public static SettingDefinition Fixed(string name, SettingType type, string value, string documentation) =>
        new(name, type, value, documentation, value.Length == 0 ? "the empty value: this broker does nothing else" : $"{value}: this broker does nothing else",
            other => string.Equals(value, other.Trim(), StringComparison.OrdinalIgnoreCase));

    /// <summary>A list's items.</summary>
    public static IReadOnlyList<string> Split(string value) => value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    private static string Text(long value) => value.ToString(CultureInfo.InvariantCulture);
}
