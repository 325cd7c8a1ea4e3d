using System.Diagnostics;

namespace Student.Tests.Python;

/// <summary>The plain PyTorch decoder in decoder.py, run by the system's Python.</summary>
internal static class PyTorch
{
    /// <summary>Runs decoder.py with arguments and waits for it.</summary>
    public static void Run(params string[] arguments)
    {
        // Debian's python3-torch belongs to the system's interpreter; another python3 may come first in the path.
        var start = new ProcessStartInfo(File.Exists("/usr/bin/python3") ? "/usr/bin/python3" : "python3") { RedirectStandardError = true };
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "Python", "decoder.py"));
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, $"decoder.py {string.Join(' ', arguments)} ended with {process.ExitCode}: {errors}");
    }
}
