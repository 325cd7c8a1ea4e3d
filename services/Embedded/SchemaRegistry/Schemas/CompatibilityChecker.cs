namespace StreamDistill.Embedded.SchemaRegistry.Schemas;

/// <summary>
/// Avro's schema resolution, https://avro.apache.org/docs/1.12.0/specification/#schema-resolution, without data. Recursive
/// types fit when nothing on the way round says otherwise.
/// </summary>
internal sealed class CompatibilityChecker
{
    // Beyond these, one more reason helps nobody.
    private const int ReasonsMax = 100;

    // Types that refer to each other can nest deeper than their text does.
    private const int DepthMax = 250;

    private static readonly List<Incompatibility> None = [];

    // Pairs of named types: what a finished pair came to, with paths from the pair on; null while it is in progress.
    private readonly Dictionary<(NamedType Reader, NamedType Writer), List<Incompatibility>?> pairs = [];

    // The pairs found to fit, in order. One that was found while an outer pair was taken for fitting is forgotten when that one fails.
    private readonly Stack<(NamedType Reader, NamedType Writer)> fitting = new();

    private int depth;

    private CompatibilityChecker()
    {
    }

    /// <summary>What keeps a reader from reading what a writer writes; empty when nothing does.</summary>
    /// <exception cref="AvroSchemaException">Types refer to each other in too long a chain.</exception>
    public static IReadOnlyList<Incompatibility> Check(AvroType reader, AvroType writer) => new CompatibilityChecker().Compare(reader, writer);

    private List<Incompatibility> Compare(AvroType reader, AvroType writer)
    {
        if (++depth > DepthMax)
        {
            throw new AvroSchemaException($"The schema nests deeper than {DepthMax} types.");
        }

        var reasons = CompareTypes(reader, writer);
        depth--;
        return reasons;
    }

    private List<Incompatibility> CompareTypes(AvroType reader, AvroType writer)
    {
        if (writer is UnionType written)
        {
            return Join(written.Branches.Select(branch => ("", Compare(reader, branch))));
        }

        if (reader is UnionType union)
        {
            return CompareUnion(union, writer);
        }

        if (reader.Kind != writer.Kind)
        {
            return Promotes(writer.Kind, reader.Kind)
                ? None
                : One(IncompatibilityKind.TypeMismatch, "", $"The reader wants {reader.Label} where the writer has {writer.Label}.");
        }

        return (reader, writer) switch
        {
            (ArrayType r, ArrayType w) => Join([("/items", Compare(r.Items, w.Items))]),
            (MapType r, MapType w) => Join([("/values", Compare(r.Values, w.Values))]),
            (NamedType r, NamedType w) => CompareNamed(r, w),
            _ => None,
        };
    }

    private List<Incompatibility> CompareUnion(UnionType reader, AvroType writer)
    {
        List<Incompatibility>? ofCounterpart = null;
        for (var i = 0; i < reader.Branches.Count; i++)
        {
            var branch = reader.Branches[i];
            var reasons = Compare(branch, writer);
            if (reasons.Count == 0)
            {
                return None;
            }

            if (branch.Kind == writer.Kind && (branch is not NamedType named || NamesFit(named, (NamedType)writer)))
            {
                ofCounterpart ??= Join([($"/{i}", reasons)]);
            }
        }

        // What is wrong with the branch that was meant says more than that no branch fits.
        return ofCounterpart ?? One(IncompatibilityKind.MissingUnionBranch, "", $"The reader's union has no branch for the writer's {writer.Label}.");
    }

    private List<Incompatibility> CompareNamed(NamedType reader, NamedType writer)
    {
        if (ReferenceEquals(reader, writer))
        {
            return None;
        }

        if (pairs.TryGetValue((reader, writer), out var known))
        {
            return known ?? None;
        }

        pairs[(reader, writer)] = null;
        var fittingBefore = fitting.Count;
        var reasons = NamesFit(reader, writer)
            ? CompareBodies(reader, writer)
            : One(IncompatibilityKind.NameMismatch, "/name", $"The reader's {reader.Label} has no alias for the writer's {writer.Label}.");
        pairs[(reader, writer)] = reasons;
        if (reasons.Count == 0)
        {
            fitting.Push((reader, writer));
        }
        else
        {
            while (fitting.Count > fittingBefore)
            {
                pairs.Remove(fitting.Pop());
            }
        }

        return reasons;
    }

    private List<Incompatibility> CompareBodies(NamedType reader, NamedType writer)
    {
        switch (reader, writer)
        {
            case (FixedType r, FixedType w):
                return r.SizeBytes == w.SizeBytes
                    ? None
                    : One(
                        IncompatibilityKind.FixedSizeMismatch,
                        "/size",
                        $"The reader's {r.Label} has {r.SizeBytes} bytes, the writer's has {w.SizeBytes}.");
            case (EnumType r, EnumType w):
                var missing = r.Default == null ? w.Symbols.Where(symbol => !r.Has(symbol)).ToList() : [];
                return missing.Count == 0
                    ? None
                    : One(
                        IncompatibilityKind.MissingEnumSymbols,
                        "/symbols",
                        $"The reader's {r.Label} has no default and lacks the writer's {string.Join(", ", missing)}.");
            default:
                return CompareFields((RecordType)reader, (RecordType)writer);
        }
    }

    private List<Incompatibility> CompareFields(RecordType reader, RecordType writer)
    {
        var written = writer.Fields.ToDictionary(field => field.Name);
        return Join(reader.Fields.Select((field, i) =>
        {
            var counterpart = written.GetValueOrDefault(field.Name)
                ?? field.Aliases.Select(alias => written.GetValueOrDefault(alias)).FirstOrDefault(found => found != null);
            return counterpart != null ? ($"/fields/{i}/type", Compare(field.Type, counterpart.Type))
                : field.Default != null ? ("", None)
                : ($"/fields/{i}", One(
                    IncompatibilityKind.ReaderFieldMissingDefaultValue,
                    "",
                    $"The field '{field.Name}' of the reader's {reader.Label} has no default and the writer has no such field."));
        }));
    }

    /// <summary>Names fit without their namespaces, as the specification says.</summary>
    private static bool NamesFit(NamedType reader, NamedType writer) =>
        reader.Name.Simple == writer.Name.Simple || reader.Aliases.Contains(writer.Name.Full);

    private static bool Promotes(AvroKind from, AvroKind to) => (from, to) switch
    {
        (AvroKind.Int, AvroKind.Long or AvroKind.Float or AvroKind.Double) => true,
        (AvroKind.Long, AvroKind.Float or AvroKind.Double) => true,
        (AvroKind.Float, AvroKind.Double) => true,
        (AvroKind.String, AvroKind.Bytes) or (AvroKind.Bytes, AvroKind.String) => true,
        _ => false,
    };

    private static List<Incompatibility> One(IncompatibilityKind kind, string path, string message) => [new(kind, path, message)];

    private static List<Incompatibility> Join(IEnumerable<(string Path, List<Incompatibility> Reasons)> parts)
    {
        List<Incompatibility>? joined = null;
        foreach (var (path, reasons) in parts)
        {
            foreach (var reason in reasons)
            {
                joined ??= [];
                if (joined.Count == ReasonsMax)
                {
                    return joined;
                }

                joined.Add(path.Length == 0 ? reason : reason with { Path = path + reason.Path });
            }
        }

        return joined ?? None;
    }
}
