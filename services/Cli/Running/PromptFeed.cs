using StreamDistill.Cli.Submitting;

namespace StreamDistill.Cli.Running;

/// <summary>Submits a file of prompts, one request after the other; what is not processed yet waits on the broker's disk.</summary>
internal sealed class PromptFeed(RunDataset dataset, IngestClient ingest)
{
    /// <summary>Refused lines that are kept to be shown; all of them are counted.</summary>
    public const int ShownMax = 100;

    private readonly List<RefusedLine> refused = [];

    /// <summary>Lines read that held something.</summary>
    public long Submitted { get; private set; }

    /// <summary>Lines that are a prompt submitted before.</summary>
    public long Duplicates { get; private set; }

    /// <summary>Lines that are no prompt.</summary>
    public long Refused { get; private set; }

    /// <summary>The first of them.</summary>
    public IReadOnlyList<RefusedLine> FirstRefused => refused;

    /// <summary>Returns when every line was stored or refused.</summary>
    public async Task SubmitAsync(string path, CancellationToken cancellationToken)
    {
        await foreach (var chunk in LineChunks.ReadAsync(path, cancellationToken))
        {
            Refuse(chunk.Refused);
            if (chunk.Lines.Count > 0)
            {
                await SendAsync([.. chunk.Lines.Select(StableLine.Of)], cancellationToken);
            }
        }
    }

    private async Task SendAsync(IReadOnlyList<JsonElementLine> lines, CancellationToken cancellationToken)
    {
        var submission = await ingest.SubmitAsync(lines, cancellationToken);
        lock (dataset.Gate)
        {
            foreach (var stored in submission.Stored)
            {
                Submitted++;
                if (stored.IsDuplicate || !dataset.Fates.Accept(stored.PromptId))
                {
                    Duplicates++;
                }
            }
        }

        Refuse(submission.Refused);
    }

    private void Refuse(IReadOnlyList<RefusedLine> lines)
    {
        Submitted += lines.Count;
        Refused += lines.Count;
        refused.AddRange(lines.Take(ShownMax - Math.Min(ShownMax, refused.Count)));
    }
}
