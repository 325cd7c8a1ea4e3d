namespace StreamDistill.Embedded.SchemaRegistry;

/// <summary>The levels as the REST API writes them, and what they demand.</summary>
internal static class LevelNames
{
    private static readonly (CompatibilityLevel Level, string Name)[] Names =
    [
        (CompatibilityLevel.None, "NONE"),
        (CompatibilityLevel.Backward, "BACKWARD"),
        (CompatibilityLevel.BackwardTransitive, "BACKWARD_TRANSITIVE"),
        (CompatibilityLevel.Forward, "FORWARD"),
        (CompatibilityLevel.ForwardTransitive, "FORWARD_TRANSITIVE"),
        (CompatibilityLevel.Full, "FULL"),
        (CompatibilityLevel.FullTransitive, "FULL_TRANSITIVE"),
    ];

    public static IEnumerable<string> All => Names.Select(each => each.Name);

    public static string Name(this CompatibilityLevel level) => Names[(int)level].Name;

    /// <exception cref="RegistryException">There is no such level.</exception>
    public static CompatibilityLevel Parse(string name) =>
        Array.Find(Names, each => each.Name.Equals(name, StringComparison.OrdinalIgnoreCase)) is { Name: not null } found
            ? found.Level
            : throw Errors.InvalidLevel(name);

    /// <summary>Whether the new schema must read what the earlier ones wrote.</summary>
    public static bool IsBackward(this CompatibilityLevel level) =>
        level is CompatibilityLevel.Backward or CompatibilityLevel.BackwardTransitive or CompatibilityLevel.Full or CompatibilityLevel.FullTransitive;

    /// <summary>Whether the earlier schemas must read what the new one writes.</summary>
    public static bool IsForward(this CompatibilityLevel level) =>
        level is CompatibilityLevel.Forward or CompatibilityLevel.ForwardTransitive or CompatibilityLevel.Full or CompatibilityLevel.FullTransitive;

    /// <summary>Whether all earlier schemas count, not only the latest.</summary>
    public static bool IsTransitive(this CompatibilityLevel level) =>
        level is CompatibilityLevel.BackwardTransitive or CompatibilityLevel.ForwardTransitive or CompatibilityLevel.FullTransitive;
}
