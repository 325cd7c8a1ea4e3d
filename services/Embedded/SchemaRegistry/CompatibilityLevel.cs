namespace StreamDistill.Embedded.SchemaRegistry;

/// <summary>Which earlier versions of a subject a new one must be compatible with, and in which direction.</summary>
public enum CompatibilityLevel
{
    /// <summary>With none.</summary>
    None,

    /// <summary>The new version reads what the latest wrote.</summary>
    Backward,

    /// <summary>The new version reads what every earlier one wrote.</summary>
    BackwardTransitive,

    /// <summary>The latest version reads what the new one writes.</summary>
    Forward,

    /// <summary>Every earlier version reads what the new one writes.</summary>
    ForwardTransitive,

    /// <summary>Both directions with the latest version.</summary>
    Full,

    /// <summary>Both directions with every earlier version.</summary>
    FullTransitive,
}
