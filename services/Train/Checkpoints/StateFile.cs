using System.Text.Json;

namespace StreamDistill.Train;

/// <summary>How state is written as JSON.</summary>
internal static class StateFile
{
    /// <summary>Indented, with names in snake_case.</summary>
    public static JsonSerializerOptions Format { get; } = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        WriteIndented = true,
        IgnoreReadOnlyProperties = true,
    };
}
