using System.Globalization;
using StreamDistill.Contracts;

namespace StreamDistill.Train;

/// <summary>losses.csv: a line for each step of the run. A resumed run takes out the lines after its checkpoint before it writes them again.</summary>
internal sealed class LossLog : IDisposable
{
    private const string Header = "step,round,loss,kl,learning_rate,gradient_norm,target_tokens,skipped";

    private readonly FileStream stream;
    private readonly StreamWriter writer;

    /// <param name="root">The directory of the student's checkpoints.</param>
    /// <param name="step">The step of the checkpoint that the run goes on from.</param>
    public LossLog(string root, long step)
    {
        Directory.CreateDirectory(root);
        var path = Path.Combine(root, "losses.csv");
        var kept = File.Exists(path) ? File.ReadLines(path).Skip(1).Where(line => StepOf(line) <= step).ToList() : [];
        DurableFile.Write(path, file =>
        {
            using var lines = new StreamWriter(file, leaveOpen: true);
            lines.WriteLine(Header);
            kept.ForEach(lines.WriteLine);
        });
        stream = new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.Read);
        writer = new StreamWriter(stream);
    }

    /// <summary>Adds the line of a step.</summary>
    public void Add(long step, int round, StepResult result) => writer.WriteLine(string.Create(
        CultureInfo.InvariantCulture,
        $"{step},{round},{result.Loss:R},{result.Divergence:R},{result.LearningRate:R},{result.GradientNorm:R},{result.TargetTokens},{(result.IsSkipped ? 1 : 0)}"));

    /// <summary>Brings the lines to the disk.</summary>
    public void Sync()
    {
        writer.Flush();
        stream.Flush(flushToDisk: true);
    }

    public void Dispose()
    {
        writer.Dispose();
        stream.Dispose();
    }

    /// <summary>A line that a kill cut off has no number: it is taken out as well.</summary>
    private static long StepOf(string line) =>
        line.Count(character => character == ',') == Header.Count(character => character == ',')
        && long.TryParse(line.AsSpan(0, line.IndexOf(',')), NumberStyles.None, CultureInfo.InvariantCulture, out var step)
            ? step
            : long.MaxValue;
}
