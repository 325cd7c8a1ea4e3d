namespace StreamDistill.Embedded.SchemaRegistry;

/// <summary>The registry's refusals, with Confluent's error codes.</summary>
internal static class Errors
{
    public static RegistryException SubjectNotFound(string subject) => new(40401, $"Subject '{subject}' not found.");

    public static RegistryException VersionNotFound(string subject, int version) => new(40402, $"Subject '{subject}' has no version {version}.");

    public static RegistryException SchemaNotFound(string subject) => new(40403, $"Schema not found under subject '{subject}'.");

    public static RegistryException IdNotFound(int id) => new(40403, $"Schema {id} not found");

    public static RegistryException GuidNotFound(string guid) => new(40403, $"Schema {guid} not found");

    public static RegistryException SubjectSoftDeleted(string subject) =>
        new(40404, $"Subject '{subject}' was soft deleted. Set permanent=true to delete permanently");

    public static RegistryException SubjectNotSoftDeleted(string subject) =>
        new(40405, $"Subject '{subject}' was not deleted first before being permanently deleted");

    public static RegistryException VersionSoftDeleted(string subject, int version) =>
        new(40406, $"Subject '{subject}' Version {version} was soft deleted. Set permanent=true to delete permanently");

    public static RegistryException VersionNotSoftDeleted(string subject, int version) =>
        new(40407, $"Subject '{subject}' Version {version} was not deleted first before being permanently deleted");

    public static RegistryException LevelNotFound(string subject) =>
        new(40408, $"Subject '{subject}' does not have subject-level compatibility configured");

    public static RegistryException ModeNotFound(string subject) =>
        new(40409, $"Subject '{subject}' does not have subject-level mode configured");

    public static RegistryException Incompatible(string subject, IEnumerable<string> details) => new(
        409, $"Schema being registered is incompatible with an earlier schema for subject \"{subject}\", details: [{string.Join(", ", details)}]");

    public static RegistryException InvalidSchema(string reason) => new(42201, $"Invalid schema: {reason}");

    public static RegistryException InvalidVersion(string version) => new(
        42202,
        $"The specified version '{version}' is not a valid version id. Allowed values are between [1, 2^31-1] and the string \"latest\"");

    public static RegistryException InvalidLevel(string level) => new(
        42203, $"Invalid compatibility level '{level}'. Valid values are {string.Join(", ", LevelNames.All)}");

    public static RegistryException InvalidMode(string mode) => new(
        42204, $"Invalid mode '{mode}'. Valid values are READWRITE, READONLY, and IMPORT");

    public static RegistryException NotPermitted(string reason) => new(42205, reason);

    public static RegistryException Referenced(SchemaVersion version) =>
        new(42206, $"One or more references exist to the schema: subject '{version.Subject}', version {version.Version}.");

    public static RegistryException InvalidSubject(string subject) => new(42208, $"The specified subject '{subject}' is not valid.");
}
