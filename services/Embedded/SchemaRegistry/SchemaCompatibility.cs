using StreamDistill.Embedded.SchemaRegistry.Schemas;

namespace StreamDistill.Embedded.SchemaRegistry;

/// <summary>The ways in which a reader's schema cannot take what a writer's schema writes.</summary>
public enum IncompatibilityKind
{
    /// <summary>The types are of different kinds, and the writer's cannot be promoted to the reader's.</summary>
    TypeMismatch,

    /// <summary>The named types have different names, and the reader's has no alias for the writer's.</summary>
    NameMismatch,

    /// <summary>The fixed types have different sizes.</summary>
    FixedSizeMismatch,

    /// <summary>The reader's enum lacks symbols of the writer's and has no default.</summary>
    MissingEnumSymbols,

    /// <summary>A field of the reader's record is not in the writer's and has no default.</summary>
    ReaderFieldMissingDefaultValue,

    /// <summary>No branch of the reader's union can take the writer's type.</summary>
    MissingUnionBranch,
}

/// <summary>One reason why data of a writer's schema cannot be read.</summary>
/// <param name="Kind">The way in which it fails.</param>
/// <param name="Path">Where in the reader's schema, as a JSON pointer such as <c>/fields/3/type</c>; empty for the whole.</param>
/// <param name="Message">What does not fit, for a person.</param>
public sealed record Incompatibility(IncompatibilityKind Kind, string Path, string Message);

/// <summary>Whether data written with one Avro schema can be read with another, by Avro's rules of schema resolution.</summary>
public static class SchemaCompatibility
{
    /// <summary>Everything that keeps the reader's schema from reading data of the writer's schema; empty when it can.</summary>
    /// <exception cref="AvroSchemaException">One of them is not a schema.</exception>
    public static IReadOnlyList<Incompatibility> Check(string readerSchemaJson, string writerSchemaJson) =>
        CompatibilityChecker.Check(AvroSchemaParser.Parse(readerSchemaJson).Type, AvroSchemaParser.Parse(writerSchemaJson).Type);
}
