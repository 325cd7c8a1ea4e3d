namespace Confluent.SchemaRegistry;

/// <summary>What a new version of a subject must be compatible with.</summary>
public enum Compatibility
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>The latest version can read data written with the new one.</summary>
    Forward,

    /// <summary>The new version can read data written with the latest one.</summary>
    Backward,

    /// <summary><see cref="Forward" /> and <see cref="Backward" />.</summary>
    Full,

    /// <summary>Every version can read data written with the new one.</summary>
    ForwardTransitive,

    /// <summary>The new version can read data written with any version.</summary>
    BackwardTransitive,

    /// <summary><see cref="ForwardTransitive" /> and <see cref="BackwardTransitive" />.</summary>
    FullTransitive,
}
