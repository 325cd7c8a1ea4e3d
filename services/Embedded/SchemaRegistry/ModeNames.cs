namespace StreamDistill.Embedded.SchemaRegistry;

/// <summary>The modes as the REST API writes them.</summary>
internal static class ModeNames
{
    public static string Name(this RegistryMode mode) => mode switch
    {
        RegistryMode.ReadWrite => "READWRITE",
        RegistryMode.ReadOnly => "READONLY",
        _ => "IMPORT",
    };

    /// <exception cref="RegistryException">There is no such mode.</exception>
    public static RegistryMode Parse(string name) => name.ToUpperInvariant() switch
    {
        "READWRITE" => RegistryMode.ReadWrite,
        "READONLY" => RegistryMode.ReadOnly,
        "IMPORT" => RegistryMode.Import,
        _ => throw Errors.InvalidMode(name),
    };
}
