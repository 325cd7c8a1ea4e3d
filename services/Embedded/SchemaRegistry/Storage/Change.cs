namespace StreamDistill.Embedded.SchemaRegistry.Storage;

/// <summary>What changes the registry's state; nothing else does.</summary>
internal abstract record Change;

/// <summary>A version is there as it is here, new or in place of what it was.</summary>
internal sealed record VersionPut(SchemaVersion Version) : Change;

/// <summary>A version is forgotten.</summary>
internal sealed record VersionForgotten(string Subject, int Version) : Change;

/// <summary>Every version of a subject up to this one is hidden.</summary>
internal sealed record SubjectHidden(string Subject, int UpToVersion) : Change;

/// <summary>A subject's level; null is none of its own.</summary>
internal sealed record LevelSet(string Subject, CompatibilityLevel? Level) : Change;

/// <summary>A subject's mode; null is none of its own.</summary>
internal sealed record ModeSet(string Subject, RegistryMode? Mode) : Change;

/// <summary>Every id below this one has been given to a schema, if only to one that is forgotten by now.</summary>
internal sealed record IdsGiven(int NextId) : Change;
