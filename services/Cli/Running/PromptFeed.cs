using StreamDistill.Cli.Submitting;

namespace StreamDistill.Cli.Running;

/// <summary>Submits a file of prompts no faster than they finish.</summary>
internal sealed class PromptFeed(RunDataset dataset, FeedWindow window, IngestClient ingest, int samples, TimeProvider time)
{
    /// <summary>Refused lines that are kept to be shown; all of them are counted.</summary>
    public const int ShownMax = 100;

    private static readonly TimeSpan LookAgain = TimeSpan.FromMilliseconds(5);

    private readonly List<RefusedLine> refused = [];

    /// <summary>Lines read that held something.</summary>
    public long Submitted { get; private set; }

    /// <summary>Lines that are a prompt submitted before.</summary>
    public long Duplicates { get; private set; }

    /// <summary>Lines that are no prompt.</summary>
    public long Refused { get; private set; }

    /// <summary>The first of them.</summary>
    public IReadOnlyList<RefusedLine> FirstRefused => refused;

    /// <summary>What the stage furthest behind has before it; set by whoever asks Kafka.</summary>
    public long BacklogBytes { get; set; }

    /// <summary>Whether a prompt is waiting for others to finish.</summary>
    public bool IsWaiting { get; private set; }

    /// <summary>Returns when every line was stored or refused.</summary>
    public async Task SubmitAsync(string path, CancellationToken cancellationToken)
    {
        await foreach (var chunk in LineChunks.ReadAsync(path, cancellationToken))
        {
            Refuse(chunk.Refused);
            var batch = new Dictionary<long, (JsonElementLine Line, long Bytes)>();
            foreach (var line in chunk.Lines.Select(StableLine.Of))
            {
                var bytes = BytesOf(line);
                if (batch.Count > 0 && !IsOpen(batch.Count, batch.Values.Sum(each => each.Bytes) + bytes))
                {
                    await SendAsync(batch, cancellationToken);
                }

                while (batch.Count == 0 && !IsOpen(0, bytes))
                {
                    IsWaiting = true;
                    await Task.Delay(LookAgain, time, cancellationToken);
                }

                IsWaiting = false;
                batch.Add(line.Line.Number, (line.Line, bytes));
            }

            await SendAsync(batch, cancellationToken);
        }
    }

    private long BytesOf(StableLine line)
    {
        lock (dataset.Gate)
        {
            return window.BytesOf(line.Line.Bytes!.Value.Length, line.Samples ?? samples);
        }
    }

    private bool IsOpen(int batched, long bytes)
    {
        lock (dataset.Gate)
        {
            return batched == 0 ? FeedWindow.IsOpen(dataset.Fates, bytes, BacklogBytes) : dataset.Fates.InFlightBytes + bytes <= FeedWindow.BytesMax;
        }
    }

    private async Task SendAsync(Dictionary<long, (JsonElementLine Line, long Bytes)> batch, CancellationToken cancellationToken)
    {
        if (batch.Count == 0)
        {
            return;
        }

        var submission = await ingest.SubmitAsync([.. batch.Values.Select(each => each.Line)], cancellationToken);
        lock (dataset.Gate)
        {
            foreach (var stored in submission.Stored)
            {
                Submitted++;
                if (stored.IsDuplicate || !dataset.Fates.Accept(stored.PromptId, batch[stored.Line.Number].Bytes))
                {
                    Duplicates++;
                }
            }
        }

        Refuse(submission.Refused);
        batch.Clear();
    }

    private void Refuse(IReadOnlyList<RefusedLine> lines)
    {
        Submitted += lines.Count;
        Refused += lines.Count;
        refused.AddRange(lines.Take(ShownMax - Math.Min(ShownMax, refused.Count)));
    }
}
