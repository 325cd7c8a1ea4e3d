using streamdistill;
using StreamDistill.Pipeline;

namespace StreamDistill.Ingest;

/// <summary>
/// Submits the prompts of one request as they are read. Many wait for Kafka at a time, within bounds: when those are
/// reached nothing more is read, and the sender feels it.
/// </summary>
internal sealed class SubmissionRun(PromptSubmitter submitter, Caller from, IngestOptions options)
{
    private readonly Queue<(PromptLine Line, Task<SubmissionOutcome> Outcome)> inFlight = [];
    private long inFlightBytes;

    public SubmissionReport Report { get; } = new();

    /// <summary>Reads until the end, or until going on makes no sense: what is not read is said in the report.</summary>
    public async Task ReadAsync(IAsyncEnumerable<PromptLine> lines, CancellationToken cancellationToken)
    {
        var count = 0;
        await foreach (var line in lines.WithCancellation(cancellationToken))
        {
            if (++count > options.MaxPromptsPerRequest)
            {
                Report.Refused.Add(new Refusal(
                    line.Line, "$", RefusalCodes.InputTooLarge, $"a request may have {options.MaxPromptsPerRequest} prompts; send the rest in another"));
                Report.UnreadFromLine = line.Line;
                return;
            }

            if (line.Refusal is { } refusal)
            {
                Report.Refused.Add(refusal);
                continue;
            }

            inFlightBytes += line.SizeBytes;
            inFlight.Enqueue((line, submitter.SubmitAsync(line.Prompt!, from.Quota, cancellationToken)));
            while (inFlight.Count > 0 && (IsFull || inFlight.Peek().Outcome.IsCompleted))
            {
                await SettleOneAsync();
            }

            if (Report.Failed.Count > 0)
            {
                Report.UnreadFromLine = line.Line + 1;
                return;
            }
        }
    }

    /// <summary>Waits for what is in flight and completes the report.</summary>
    public async Task SettleAsync()
    {
        while (inFlight.Count > 0)
        {
            await SettleOneAsync();
        }

        Report.Refused.Sort((left, right) => left.Line.CompareTo(right.Line));
    }

    private bool IsFull => inFlight.Count >= options.MaxInFlightPrompts || inFlightBytes >= options.MaxInFlightBytes;

    private async Task SettleOneAsync()
    {
        var (line, submission) = inFlight.Dequeue();
        inFlightBytes -= line.SizeBytes;
        var outcome = await submission;
        var id = line.Prompt!.PromptId;
        switch (outcome.Fate)
        {
            case Fate.Accepted:
                Report.Accepted.Add(new AcceptedLine(line.Line, id, "accepted"));
                break;
            case Fate.Duplicate:
                Report.Accepted.Add(new AcceptedLine(line.Line, id, "duplicate"));
                break;
            case Fate.Failed:
                Report.Failed.Add(new FailedLine(line.Line, id, outcome.Reason));
                break;
            default:
                Report.Refused.Add(new Refusal(line.Line, outcome.Field, outcome.Code, outcome.Reason));
                Report.RetryAfter ??= outcome.RetryAfter;
                break;
        }
    }
}
