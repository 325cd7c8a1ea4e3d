using StreamDistill.Embedded.SchemaRegistry.Schemas;
using StreamDistill.Embedded.SchemaRegistry.Storage;

namespace StreamDistill.Embedded.SchemaRegistry;

/// <summary>A schema as a client sends it.</summary>
/// <param name="Text">The schema.</param>
/// <param name="References">The registered schemas that it refers to.</param>
/// <param name="Id">The id it shall have; in import mode only.</param>
/// <param name="Version">The version it shall be; in import mode only.</param>
internal sealed record SchemaRequest(string Text, IReadOnlyList<Reference> References, int? Id = null, int? Version = null);

/// <summary>
/// The registry's rules over its state. Its methods may be called by several threads. Changes are made one after the other:
/// each is decided on, then kept in the log, then made and answered.
/// </summary>
internal sealed partial class Registry(CompatibilityLevel defaultLevel, IChangeLog log, TimeSpan patience) : IAsyncDisposable
{
    private readonly Lock gate = new();
    private SubjectStore store = new();

    /// <summary>The names of subjects that start with a prefix.</summary>
    public IReadOnlyList<string> Subjects(string prefix, bool withDeleted)
    {
        lock (gate)
        {
            return [.. store.Subjects.Where(subject =>
                subject.StartsWith(prefix, StringComparison.Ordinal) && (withDeleted || store.Versions(subject).Any(version => !version.IsDeleted)))];
        }
    }

    /// <summary>Every version of the subjects that start with a prefix.</summary>
    public IReadOnlyList<SchemaVersion> All(string prefix, bool withDeleted, bool latestOnly)
    {
        lock (gate)
        {
            return [.. store.Subjects
                .Where(subject => subject.StartsWith(prefix, StringComparison.Ordinal))
                .SelectMany(subject => store.Versions(subject).Where(version => withDeleted || !version.IsDeleted).TakeLast(latestOnly ? 1 : int.MaxValue))];
        }
    }

    /// <summary>The highest id that was ever given; 0 before the first.</summary>
    public int MaxId
    {
        get
        {
            lock (gate)
            {
                return store.NextId - 1;
            }
        }
    }

    /// <summary>A version's schema with the types of its references in place, so that it stands alone.</summary>
    public string Resolved(SchemaContent content)
    {
        lock (gate)
        {
            return CanonicalText.Of(SchemaResolver.Parse(store, content.Text, content.References).Type);
        }
    }

    /// <summary>A subject's versions, at least one.</summary>
    public IReadOnlyList<SchemaVersion> Versions(string subject, bool withDeleted)
    {
        lock (gate)
        {
            return Require(subject, withDeleted);
        }
    }

    /// <summary>A version of a subject; null for its latest.</summary>
    public SchemaVersion Version(string subject, int? number, bool withDeleted)
    {
        lock (gate)
        {
            return Find(Require(subject, withDeleted), number);
        }
    }

    /// <summary>The places of a schema by its id, at least one, also deleted ones.</summary>
    public IReadOnlyList<SchemaVersion> WithId(int id)
    {
        lock (gate)
        {
            return store.WithId(id).ToList() is { Count: > 0 } found ? found : throw Errors.IdNotFound(id);
        }
    }

    /// <summary>A schema by its GUID, also a deleted one, and its ids.</summary>
    public (SchemaContent Content, IReadOnlyList<int> Ids) WithGuid(string guid)
    {
        lock (gate)
        {
            var found = Guid.TryParse(guid, out var wanted) ? store.All.Where(version => version.Content.Guid == wanted).ToList() : [];
            return found.Count > 0 ? (found[0].Content, [.. found.Select(version => version.Id).Distinct().Order()]) : throw Errors.GuidNotFound(guid);
        }
    }

    /// <summary>The ids of the schemas that refer to a version.</summary>
    public IReadOnlyList<int> ReferencedBy(string subject, int? number)
    {
        lock (gate)
        {
            return [.. Referrers(Find(Require(subject, withDeleted: true), number)).Select(version => version.Id).Distinct().Order()];
        }
    }

    /// <summary>Finds a schema under a subject.</summary>
    public SchemaVersion Lookup(string subject, SchemaRequest request, bool withDeleted)
    {
        lock (gate)
        {
            var versions = Require(subject, withDeleted);
            var content = SchemaResolver.Parse(store, request.Text, request.References).Content;
            return versions.LastOrDefault(version => version.Content.Equals(content)) ?? throw Errors.SchemaNotFound(subject);
        }
    }

    /// <summary>Registers a schema under a subject, or finds it there.</summary>
    public Task<SchemaVersion> RegisterAsync(string subject, SchemaRequest request, CancellationToken cancellationToken) =>
        ChangeAsync("Register", readFirst: true, cancellationToken, changes =>
        {
            var import = RequireWritable(subject, request);
            var parsed = SchemaResolver.Parse(store, request.Text, request.References);
            var present = store.Versions(subject).Where(version => !version.IsDeleted).ToList();
            if (present.FindLast(version => version.Content.Equals(parsed.Content) && version.Id == (request.Id ?? version.Id)) is { } known)
            {
                return known;
            }

            if (!import && Incompatibilities(subject, parsed, present) is { Count: > 0 } reasons)
            {
                throw Errors.Incompatible(subject, reasons);
            }

            var registered = new SchemaVersion(
                subject,
                request.Version ?? store.Versions(subject).Select(version => version.Version).LastOrDefault() + 1,
                request.Id ?? store.IdOf(parsed.Content) ?? store.NextId,
                parsed.Content);
            changes.Add(new VersionPut(registered));
            return registered;
        });

    /// <summary>Why a schema could not be registered after a version; empty when it could.</summary>
    /// <param name="number">The version; null for the latest, if there is one.</param>
    public IReadOnlyList<string> TestVersion(string subject, SchemaRequest request, int? number)
    {
        lock (gate)
        {
            var parsed = SchemaResolver.Parse(store, request.Text, request.References);
            var earlier = number == null
                ? store.Versions(subject).Where(version => !version.IsDeleted).TakeLast(1)
                : [Find(Require(subject, withDeleted: false), number)];
            return Incompatibilities(subject, parsed, [.. earlier]);
        }
    }

    /// <summary>Why a schema could not be registered under a subject; empty when it could.</summary>
    public IReadOnlyList<string> TestAll(string subject, SchemaRequest request)
    {
        lock (gate)
        {
            var parsed = SchemaResolver.Parse(store, request.Text, request.References);
            return Incompatibilities(subject, parsed, [.. store.Versions(subject).Where(version => !version.IsDeleted)]);
        }
    }

    /// <summary>Deletes a version, which is hidden first and forgotten only when permanently deleted after that.</summary>
    /// <returns>Its number.</returns>
    public Task<int> DeleteVersionAsync(string subject, int? number, bool permanent, CancellationToken cancellationToken) =>
        ChangeAsync("Delete version", readFirst: false, cancellationToken, changes =>
        {
            RequireNotReadOnly(subject);
            var version = Find(Require(subject, withDeleted: true), number);
            RequireUnreferenced(version);
            if (permanent)
            {
                Forget(changes, version.IsDeleted ? [version] : throw Errors.VersionNotSoftDeleted(subject, version.Version));
            }
            else
            {
                changes.Add(new VersionPut(version.IsDeleted ? throw Errors.VersionSoftDeleted(subject, version.Version) : version with { IsDeleted = true }));
            }

            return version.Version;
        });

    /// <summary>Deletes a subject, which is hidden first and forgotten only when permanently deleted after that.</summary>
    /// <returns>The numbers of the versions that this deleted.</returns>
    public Task<IReadOnlyList<int>> DeleteSubjectAsync(string subject, bool permanent, CancellationToken cancellationToken) =>
        ChangeAsync<IReadOnlyList<int>>("Delete subject", readFirst: false, cancellationToken, changes =>
        {
            RequireNotReadOnly(subject);
            var all = Require(subject, withDeleted: true);
            var present = all.Where(version => !version.IsDeleted).ToList();
            if (permanent && present.Count > 0)
            {
                throw Errors.SubjectNotSoftDeleted(subject);
            }

            if (!permanent && present.Count == 0)
            {
                throw Errors.SubjectSoftDeleted(subject);
            }

            var doomed = permanent ? all : present;
            doomed.ForEach(RequireUnreferenced);
            if (permanent)
            {
                Forget(changes, doomed);
            }
            else
            {
                changes.Add(new SubjectHidden(subject, doomed[^1].Version));
            }

            if (store.Level(subject) != null)
            {
                changes.Add(new LevelSet(subject, null));
            }

            if (store.Mode(subject) != null)
            {
                changes.Add(new ModeSet(subject, null));
            }

            return [.. doomed.Select(version => version.Version)];
        });

    /// <summary>The level of a subject's own, or the registry's.</summary>
    /// <param name="orDefault">Whether a subject without a level of its own has the registry's.</param>
    public CompatibilityLevel Level(string subject, bool orDefault)
    {
        lock (gate)
        {
            return subject == SubjectStore.AllSubjects || orDefault ? LevelInForce(subject)
                : store.Level(subject) ?? throw Errors.LevelNotFound(subject);
        }
    }

    /// <summary>Sets a level; null goes back to the default.</summary>
    /// <returns>The level that was in force before.</returns>
    public Task<CompatibilityLevel> SetLevelAsync(string subject, CompatibilityLevel? level, CancellationToken cancellationToken) =>
        ChangeAsync("Update compatibility", readFirst: true, cancellationToken, changes =>
        {
            RequireNotReadOnly(subject);
            var before = level == null && subject != SubjectStore.AllSubjects
                ? store.Level(subject) ?? throw Errors.LevelNotFound(subject)
                : LevelInForce(subject);
            if (store.Level(subject) != level)
            {
                changes.Add(new LevelSet(subject, level));
            }

            return before;
        });

    /// <summary>The mode of a subject's own, or the registry's.</summary>
    /// <param name="orDefault">Whether a subject without a mode of its own has the registry's.</param>
    public RegistryMode Mode(string subject, bool orDefault)
    {
        lock (gate)
        {
            return subject == SubjectStore.AllSubjects || orDefault ? ModeInForce(subject)
                : store.Mode(subject) ?? throw Errors.ModeNotFound(subject);
        }
    }

    /// <summary>Sets a mode; null goes back to the default.</summary>
    /// <param name="force">Whether schemas may be imported beside those already there.</param>
    /// <returns>The mode that was in force before.</returns>
    public Task<RegistryMode> SetModeAsync(string subject, RegistryMode? mode, bool force, CancellationToken cancellationToken) =>
        ChangeAsync("Update mode", readFirst: true, cancellationToken, changes =>
        {
            var occupied = subject == SubjectStore.AllSubjects ? store.All.Any() : store.Versions(subject).Count > 0;
            if (mode == RegistryMode.Import && occupied && !force)
            {
                throw Errors.NotPermitted("Cannot import since found existing subjects");
            }

            var before = mode == null && subject != SubjectStore.AllSubjects
                ? store.Mode(subject) ?? throw Errors.ModeNotFound(subject)
                : ModeInForce(subject);
            if (store.Mode(subject) != mode)
            {
                changes.Add(new ModeSet(subject, mode));
            }

            return before;
        });

    private CompatibilityLevel LevelInForce(string subject) => store.Level(subject) ?? store.Level(SubjectStore.AllSubjects) ?? defaultLevel;

    private RegistryMode ModeInForce(string subject) =>
        store.Mode(subject) ?? store.Mode(SubjectStore.AllSubjects) ?? RegistryMode.ReadWrite;

    private List<string> Incompatibilities(string subject, ParsedSchema parsed, IReadOnlyList<SchemaVersion> earlier)
    {
        var level = LevelInForce(subject);
        var details = new List<string>();
        foreach (var version in level.IsTransitive() ? earlier.Reverse() : earlier.TakeLast(1))
        {
            var old = SchemaResolver.Parse(store, version.Content.Text, version.Content.References).Type;
            var (from, to) = ("the new schema", $"version {version.Version}");
            var backward = level.IsBackward() ? Describe(from, to, parsed.Type, old) : [];
            var forward = level.IsForward() ? Describe(to, from, old, parsed.Type) : [];
            details.AddRange([.. backward, .. forward]);
        }

        if (details.Count > 0)
        {
            details.Add($"{{compatibility: '{level.Name()}'}}");
        }

        return details;
    }

    private static IEnumerable<string> Describe(string readerName, string writerName, AvroType reader, AvroType writer)
    {
        try
        {
            return CompatibilityChecker.Check(reader, writer).Select(each =>
                $"{{errorType:'{each.Kind}', path:'{each.Path}', description:'{each.Message}', reader:'{readerName}', writer:'{writerName}'}}");
        }
        catch (AvroSchemaException e)
        {
            throw Errors.InvalidSchema(e.Message);
        }
    }

    private List<SchemaVersion> Require(string subject, bool withDeleted) =>
        store.Versions(subject).Where(version => withDeleted || !version.IsDeleted).ToList() is { Count: > 0 } found
            ? found
            : throw Errors.SubjectNotFound(subject);

    private static SchemaVersion Find(List<SchemaVersion> versions, int? number) =>
        number == null ? versions.LastOrDefault(version => !version.IsDeleted) ?? versions[^1]
        : versions.Find(version => version.Version == number) ?? throw Errors.VersionNotFound(versions[0].Subject, number.Value);

    private void RequireNotReadOnly(string subject)
    {
        if (ModeInForce(subject) == RegistryMode.ReadOnly)
        {
            throw Errors.NotPermitted($"Subject {subject} is in read-only mode");
        }
    }

    /// <summary>Whether the subject is in import mode.</summary>
    private bool RequireWritable(string subject, SchemaRequest request)
    {
        RequireNotReadOnly(subject);
        var import = ModeInForce(subject) == RegistryMode.Import;
        if (import != (request.Id != null))
        {
            throw Errors.NotPermitted(
                import ? $"Subject {subject} is not in read-write mode: a schema to import has an id" : $"Subject {subject} is not in import mode");
        }

        if (request.Id is { } id && store.WithId(id).FirstOrDefault() is { } taken
            && !taken.Content.Equals(SchemaResolver.Parse(store, request.Text, request.References).Content))
        {
            throw Errors.NotPermitted($"Overwrite new schema with id {id} is not permitted.");
        }

        return request.Version is { } number && store.Version(subject, number) is { } there && there.Id != request.Id
            ? throw Errors.NotPermitted($"Subject {subject} has another schema as version {number}.")
            : import;
    }

    private void Forget(List<Change> changes, IEnumerable<SchemaVersion> versions)
    {
        changes.AddRange(versions.Select(version => new VersionForgotten(version.Subject, version.Version)));
        changes.Add(new IdsGiven(store.NextId));
    }

    private IEnumerable<SchemaVersion> Referrers(SchemaVersion version) => store.All.Where(other =>
        other.Content.References.Any(reference => reference.Subject == version.Subject && reference.Version == version.Version));

    private void RequireUnreferenced(SchemaVersion version)
    {
        if (Referrers(version).Any(other => !other.IsDeleted))
        {
            throw Errors.Referenced(version);
        }
    }
}
