using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using StreamDistill.Embedded.SchemaRegistry.Storage;

namespace StreamDistill.Embedded.SchemaRegistry;

/// <summary>A type's name in a schema, and the version that defines it.</summary>
internal sealed record Reference(string Name, string Subject, int Version);

/// <summary>A schema's canonical text with its references. Schemas with the same content have the same id.</summary>
internal sealed record SchemaContent(string Text, IReadOnlyList<Reference> References)
{
    public bool Equals(SchemaContent? other) => other != null && Text == other.Text && References.SequenceEqual(other.References);

    public override int GetHashCode() => HashCode.Combine(Text, References.Count);

    /// <summary>The same wherever and whenever the content is registered: a hash of it.</summary>
    public Guid Guid
    {
        get
        {
            var all = string.Join('\n', References.Select(each => string.Create(CultureInfo.InvariantCulture, $"{each.Name} {each.Subject} {each.Version}")).Prepend(Text));
            return new Guid(SHA256.HashData(Encoding.UTF8.GetBytes(all)).AsSpan(0, 16), bigEndian: true);
        }
    }
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
/// The registry's whole state, in memory: what the changes so far, in their order, amount to. Not safe for several threads.
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

    /// <summary>Makes a change. Making the same changes again, from any point on, comes to the same state.</summary>
    public void Apply(Change change)
    {
        switch (change)
        {
            case VersionPut put:
                Put(put.Version);
                break;
            case VersionForgotten forgotten when Version(forgotten.Subject, forgotten.Version) is { } version:
                Remove(version);
                break;
            case SubjectHidden hidden:
                foreach (var version in Versions(hidden.Subject).Where(version => version.Version <= hidden.UpToVersion).ToList())
                {
                    Put(version with { IsDeleted = true });
                }

                break;
            case LevelSet set:
                Set(levels, set.Subject, set.Level);
                break;
            case ModeSet set:
                Set(modes, set.Subject, set.Mode);
                break;
            case IdsGiven given:
                NextId = Math.Max(NextId, given.NextId);
                break;
        }
    }

    private void Put(SchemaVersion version)
    {
        if (!subjects.TryGetValue(version.Subject, out var versions))
        {
            subjects[version.Subject] = versions = [];
        }

        if (versions.TryGetValue(version.Version, out var before) && before.Id != version.Id)
        {
            Remove(before);
            subjects[version.Subject] = versions;
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
    private void Remove(SchemaVersion version)
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
