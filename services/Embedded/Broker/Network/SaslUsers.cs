using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using StreamDistill.Contracts;

namespace StreamDistill.Embedded.Broker.Network;

/// <summary>
/// Who may connect. The file is UTF-8 text with a user on each line; empty lines and those that start with # do not count.
/// <code>
/// NAME:sha256:HEX                             HEX = SHA-256 of the password, 64 digits: for long random passwords
/// NAME:pbkdf2-sha256:ITERATIONS:SALT:HASH     PBKDF2 with HMAC-SHA-256; SALT and the 32 bytes of HASH in base64
/// </code>
/// A name has no colon. Passwords are in no file and in no log.
/// </summary>
internal sealed class SaslUsers
{
    private const int HashBytes = 32;
    private const int IterationsMax = 1_000_000;

    private readonly Dictionary<string, Secret> byName = new(StringComparer.Ordinal);

    private SaslUsers()
    {
    }

    /// <summary>Reads the file.</summary>
    /// <exception cref="StreamDistillException">It cannot be read, or a line is not a user; the message names file and line, not what stands there.</exception>
    public static SaslUsers Read(string path)
    {
        string[] lines;
        try
        {
            lines = File.ReadAllLines(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StreamDistillException($"The users' file {path} cannot be read: {e.Message}", isTransient: false, e);
        }

        var users = new SaslUsers();
        for (var i = 0; i < lines.Length; i++)
        {
            var line = lines[i].Trim();
            if (line.Length > 0 && line[0] != '#' && !(Parse(line) is var (name, secret) && users.byName.TryAdd(name, secret)))
            {
                throw new StreamDistillException(string.Create(CultureInfo.InvariantCulture, $"The users' file {path} has no user in line {i + 1}, or one that is there already: expected is NAME:sha256:HEX or NAME:pbkdf2-sha256:ITERATIONS:SALT:HASH with at most {IterationsMax} iterations."));
            }
        }

        return users.byName.Count > 0 ? users : throw new StreamDistillException($"The users' file {path} has no users.");
    }

    /// <summary>The user whose token this is (authorization-id NUL user NUL password), or null.</summary>
    public string? Authenticate(ReadOnlySpan<byte> token)
    {
        var first = token.IndexOf((byte)0);
        var second = first < 0 ? -1 : token[(first + 1)..].IndexOf((byte)0);
        if (second < 0)
        {
            return null;
        }

        var (authorization, name) = (Encoding.UTF8.GetString(token[..first]), Encoding.UTF8.GetString(token.Slice(first + 1, second)));
        var password = token[(first + second + 2)..];
        if (authorization.Length > 0 && authorization != name)
        {
            return null;
        }

        // An unknown name costs as much time as a known one, so that the time says nothing.
        var isKnown = byName.TryGetValue(name, out var secret);
        secret ??= byName.Values.First();
        return secret.Matches(password) && isKnown ? name : null;
    }

    private static (string Name, Secret Secret)? Parse(string line)
    {
        var parts = line.Split(':');
        try
        {
            return parts switch
            {
                [{ Length: > 0 } name, "sha256", { Length: HashBytes * 2 } hash] => (name, new Secret(Convert.FromHexString(hash), [], 0)),
                [{ Length: > 0 } name, "pbkdf2-sha256", var iterations, var salt, var hash]
                    when int.TryParse(iterations, NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count is > 0 and <= IterationsMax
                        && Convert.FromBase64String(hash) is { Length: HashBytes } bytes => (name, new Secret(bytes, Convert.FromBase64String(salt), count)),
                _ => null,
            };
        }
        catch (FormatException)
        {
            return null;
        }
    }

    private sealed record Secret(byte[] Hash, byte[] Salt, int Iterations)
    {
        public bool Matches(ReadOnlySpan<byte> password)
        {
            Span<byte> hash = stackalloc byte[HashBytes];
            if (Iterations == 0)
            {
                SHA256.HashData(password, hash);
            }
            else
            {
                Rfc2898DeriveBytes.Pbkdf2(password, Salt, hash, Iterations, HashAlgorithmName.SHA256);
            }

            return CryptographicOperations.FixedTimeEquals(hash, Hash);
        }
    }
}
