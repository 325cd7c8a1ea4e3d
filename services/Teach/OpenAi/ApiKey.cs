using StreamDistill.Pipeline;

namespace StreamDistill.Teach.OpenAi;

/// <summary>Where the endpoint's key comes from: a file or the environment, never the configuration itself.</summary>
internal static class ApiKey
{
    /// <summary>
    /// The key, or null where there is none. Throws <see cref="ConfigurationException"/>, without the key, where it could not
    /// stand in a header.
    /// </summary>
    public static string? Read(TeachOptions options, Func<string, string?> environment)
    {
        var (origin, text) = options.ApiKeyFile is { } file
            ? ($"the file {file} ({TeachOptions.Section}:{nameof(TeachOptions.ApiKeyFile)})", File.ReadAllText(file))
            : environment("TEACHER_API_KEY") is { Length: > 0 } own
                ? ("the environment variable TEACHER_API_KEY", own)
                : ("the environment variable OPENAI_API_KEY", environment("OPENAI_API_KEY") ?? "");
        var key = text.Trim();
        if (key.Any(character => character is < '!' or > '~'))
        {
            throw new ConfigurationException($"The key in {origin} has characters that no key has; it must be one line of visible ASCII characters.");
        }

        return key.Length > 0 ? key : null;
    }
}
