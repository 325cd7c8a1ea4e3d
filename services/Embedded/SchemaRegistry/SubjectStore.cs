namespace StreamDistill.Embedded.SchemaRegistry;

/// <summary>A type's name in a schema, and the version that defines it.</summary>
internal sealed record Reference(string Name, string Subject, int Version);

/// <summary>A schema's canonical text with its references. Schemas with the same content have the same id.</summary>
internal sealed record SchemaContent(string Text, IReadOnlyList<Reference> References)
{
    public bool Equals(SchemaContent? other) => other != null && Text == other.Text && References.SequenceEqual(other.References);

    public override int GetHashCode() => HashCode.Combine(Text, References.Count);
}

/// <summary>A schema in its place. A deleted one is hidden but still there, so that old data can be read.</summary>
internal sealed record SchemaVersion(string Subject, int Version, int Id, SchemaContent Content, bool IsDeleted = false);

/// <summary>What may be written to a subject.</summary>
internal enum RegistryMode
{
    ReadWrite,
    ReadOnly,
    Import,
}

/// <summary>
/// The registry's whole state, in memory. Every change goes through <see cref="Put" />, <see cref="Remove" />,
/// <see cref="SetLevel" /> or <see cref="SetMode" />. Not safe for several threads.
/// </summary>
internal sealed class SubjectStore
{
    private readonly SortedDictionary<string, SortedDictionary<int, SchemaVersion>> subjects = new(StringComparer.Ordinal);
    private readonly SortedDictionary<int, SortedSet<(string Subject, int Version)>> placesById = [];
    private readonly Dictionary<SchemaContent, int> idByContent = [];
    private readonly Dictionary<string, CompatibilityLevel> levels = [];
    private readonly Dictionary<string, RegistryMode> modes = [];

    /// <summary>The key under which the whole registry's level and mode are kept.</summary>
    public const string AllSubjects = "";

    /// <summary>An id that no schema has had.</summary>
    public int NextId { get; private set; } = 1;

    /// <summary>The names of all subjects, also of those with only deleted versions.</summary>
    public IEnumerable<string> Subjects => subjects.Keys;

    /// <summary>Every version of every subject.</summary>
    public IEnumerable<SchemaVersion> All => subjects.Values.SelectMany(versions => versions.Values);

    /// <summary>A subject's versions from the first on, with the deleted ones; empty for a subject that is not there.</summary>
    public IReadOnlyCollection<SchemaVersion> Versions(string subject) =>
        subjects.TryGetValue(subject, out var versions) ? versions.Values : [];

    public SchemaVersion? Version(string subject, int version) =>
        subjects.TryGetValue(subject, out var versions) ? versions.GetValueOrDefault(version) : null;

    /// <summary>The places of an id; empty for an unknown one.</summary>
    public IEnumerable<SchemaVersion> WithId(int id) =>
        placesById.TryGetValue(id, out var places) ? places.Select(place => subjects[place.Subject][place.Version]) : [];

    /// <summary>The id of a content that some version has.</summary>
    public int? IdOf(SchemaContent content) => idByContent.TryGetValue(content, out var id) ? id : null;

    public CompatibilityLevel? Level(string subject) => levels.TryGetValue(subject, out var level) ? level : null;

    public RegistryMode? Mode(string subject) => modes.TryGetValue(subject, out var mode) ? mode : null;

    /// <summary>Adds a version, or replaces it.</summary>
    public void Put(SchemaVersion version)
    {
        if (!subjects.TryGetValue(version.Subject, out var versions))
        {
            subjects[version.Subject] = versions = [];
        }

        versions[version.Version] = version;
        if (!placesById.TryGetValue(version.Id, out var places))
        {
            placesById[version.Id] = places = [];
        }

        places.Add((version.Subject, version.Version));
        idByContent.TryAdd(version.Content, version.Id);
        NextId = Math.Max(NextId, version.Id + 1);
    }

    /// <summary>Forgets a version. Its id is forgotten with its last place.</summary>
    public void Remove(SchemaVersion version)
    {
        var versions = subjects[version.Subject];
        versions.Remove(version.Version);
        if (versions.Count == 0)
        {
            subjects.Remove(version.Subject);
        }

        var places = placesById[version.Id];
        places.Remove((version.Subject, version.Version));
        if (places.Count == 0)
        {
            placesById.Remove(version.Id);
            if (idByContent.GetValueOrDefault(version.Content) == version.Id)
            {
                idByContent.Remove(version.Content);
            }
        }
    }

    /// <summary>Sets a subject's level; null removes it.</summary>
    public void SetLevel(string subject, CompatibilityLevel? level) => Set(levels, subject, level);

    /// <summary>Sets a subject's mode; null removes it.</summary>
    public void SetMode(string subject, RegistryMode? mode) => Set(modes, subject, mode);

    private static void Set<T>(Dictionary<string, T> values, string subject, T? value)
        where T : struct
    {
        if (value is { } set)
        {
            values[subject] = set;
        }
        else
        {
            values.Remove(subject);
        }
    }
}
