namespace StreamDistill.Embedded.SchemaRegistry.Schemas;

/// <summary>A schema that was sent to the registry: its type, and its content as the registry keeps it.</summary>
internal sealed record ParsedSchema(AvroType Type, SchemaContent Content);

/// <summary>Parses schemas together with the registered ones that they refer to.</summary>
internal static class SchemaResolver
{
    /// <exception cref="RegistryException">It is not a schema, or a reference leads nowhere.</exception>
    public static ParsedSchema Parse(SubjectStore store, string text, IReadOnlyList<Reference> references)
    {
        try
        {
            var known = new Dictionary<string, NamedType>();
            var visited = new HashSet<(string, int)>();
            foreach (var reference in references)
            {
                Add(store, reference, known, visited);
            }

            var type = AvroSchemaParser.Parse(text, known.Values).Type;
            return new ParsedSchema(type, new SchemaContent(CanonicalText.Of(type, known.Keys), references));
        }
        catch (AvroSchemaException e)
        {
            throw Errors.InvalidSchema(e.Message);
        }
    }

    private static void Add(
        SubjectStore store, Reference reference, Dictionary<string, NamedType> known, HashSet<(string, int)> visited)
    {
        if (!visited.Add((reference.Subject, reference.Version)))
        {
            return;
        }

        var version = store.Version(reference.Subject, reference.Version) ?? throw new AvroSchemaException(
            $"No schema reference found for subject \"{reference.Subject}\" and version {reference.Version}");
        foreach (var inner in version.Content.References)
        {
            Add(store, inner, known, visited);
        }

        foreach (var type in AvroSchemaParser.Parse(version.Content.Text, known.Values).Names)
        {
            known[type.Name.Full] = type;
        }
    }
}
