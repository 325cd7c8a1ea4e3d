using System.Globalization;
using System.Runtime.InteropServices;

namespace StreamDistill.EndToEnd.Crashing;

/// <summary>A part of the system as a process.</summary>
/// <param name="Name">teach, verify, compact, ingest, broker or registry.</param>
/// <param name="Id">Its process id.</param>
internal readonly record struct Part(string Name, int Id);

/// <summary>The processes that run under a supervisor, as the kernel knows them, and signals to them.</summary>
internal static class ChildProcesses
{
    public const int SigKill = 9;
    public const int SigContinue = 18;
    public const int SigStop = 19;

    /// <summary>What runs now. A part that is just being started may be missing.</summary>
    public static IReadOnlyList<Part> Of(int supervisor)
    {
        var parent = supervisor.ToString(CultureInfo.InvariantCulture);
        var parts = new List<Part>();
        foreach (var directory in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(directory), NumberStyles.None, CultureInfo.InvariantCulture, out var id)
                && Stat(id) is { Length: > 1 } stat && stat[1] == parent && stat[0] != "Z" && NameOf(id) is { } name)
            {
                parts.Add(new Part(name, id));
            }
        }

        return parts;
    }

    /// <summary>Sends a signal; to a process that has ended it does nothing.</summary>
    public static void Signal(Part part, int signal) => _ = Kill(part.Id, signal);

    private static string? NameOf(int id)
    {
        var words = Read($"/proc/{id}/cmdline").Split('\0');
        for (var i = 0; i < Math.Min(2, words.Length); i++)
        {
            var program = Path.GetFileName(words[i]);
            program = program.EndsWith(".dll", StringComparison.Ordinal) ? program[..^4] : program;
            if (program.StartsWith("StreamDistill.", StringComparison.Ordinal))
            {
                return program["StreamDistill.".Length..].ToLowerInvariant();
            }

            // Between fork and exec a child still has its parent's command line.
            if (program == "streamdistill")
            {
                return words.ElementAtOrDefault(i + 1) is "broker" or "registry" ? words[i + 1] : null;
            }
        }

        return null;
    }

    /// <summary>The fields of /proc/id/stat from the state on; none where the process has ended.</summary>
    private static string[] Stat(int id)
    {
        var text = Read($"/proc/{id}/stat");
        return text.LastIndexOf(')') is > 0 and var end ? text[(end + 2)..].Split(' ') : [];
    }

    private static string Read(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It has ended meanwhile.
            return "";
        }
    }

    [DllImport("libc", EntryPoint = "kill")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Kill(int id, int signal);
}
