using streamdistill;
using StreamDistill.Contracts;

namespace StreamDistill.Train;

/// <summary>Publishes the base model and the checkpoint at each round's end, each once, and says which one is to be served.</summary>
/// <param name="topic">Null where training is from a file: then nothing is published.</param>
/// <param name="checkpoints">Knows the parents and what is promoted.</param>
internal sealed class CheckpointPublisher(CheckpointTopic? topic, CheckpointStore checkpoints)
{
    /// <summary>The checkpoint that the topic says is to be served; null where there is none, or no topic.</summary>
    public string? ServedUri { get; private set; }

    /// <summary>
    /// Publishes a checkpoint unless the topic has it, or a later one, already. What is to be served is the checkpoint itself
    /// if it was promoted, else what the topic's last record says: an operator who went back to an earlier one is followed.
    /// </summary>
    /// <exception cref="StreamDistillException">The topic cannot be read or written.</exception>
    public async Task PublishAsync(StoredCheckpoint checkpoint, CancellationToken cancellationToken)
    {
        if (topic is null)
        {
            return;
        }

        var state = checkpoint.State;
        var last = await topic.ReadLastAsync(state.Student, cancellationToken);
        ServedUri = last?.Serving?.Uri;
        if (!state.IsBetweenRounds || (last is not null && last.RunId == state.RunId && last.Step >= state.Step))
        {
            return;
        }

        var promoted = state.Promoted ? checkpoint : last is null ? checkpoints.Promoted : null;
        var serving = promoted is null
            ? last?.Serving
            : new ServingCheckpoint { Step = promoted.State.Step, Uri = promoted.Uri, Sha256 = promoted.Sha256 };
        await topic.PublishAsync(RecordOf(checkpoint, serving), cancellationToken);
        ServedUri = serving?.Uri;
    }

    /// <summary>None where nothing is held out.</summary>
    private static Dictionary<string, double> FiguresOf(EvaluationFigures? figures)
    {
        if (figures is null)
        {
            return [];
        }

        var record = new Dictionary<string, double>
        {
            ["pass_at_1"] = figures.PassAt1,
            ["answers"] = figures.Answers,
            ["mean_tokens"] = figures.MeanTokens,
            ["latency_p50_ms"] = figures.LatencyP50Ms,
        };
        if (figures.P is { } p)
        {
            record["p"] = p;
        }

        return record;
    }

    private Checkpoint RecordOf(StoredCheckpoint checkpoint, ServingCheckpoint? serving)
    {
        var state = checkpoint.State;
        return new Checkpoint
        {
            Student = state.Student,
            RunId = state.RunId,
            Step = state.Step,
            Parent = state.Parent is { } parent ? checkpoints.Find(parent)?.Uri : null,
            BaseModel = state.BaseModel,
            Uri = checkpoint.Uri,
            Sha256 = checkpoint.Sha256,
            // A checkpoint names the offsets after its round. The base model's round is yet to begin; all others that are published have ended theirs.
            ConsumedOffsets = state.Step == 0 ? [] : [.. state.Offsets.OrderBy(pair => pair.Key).Select(pair => new PartitionOffset { Topic = Topics.Curated, Partition = pair.Key, Offset = pair.Value })],
            ExamplesSeen = state.ExamplesSeen,
            TokensSeen = state.TokensSeen,
            TrainLoss = state.TrainLoss,
            Evaluation = FiguresOf(state.Evaluation),
            Promoted = state.Promoted,
            CreatedAt = state.CreatedAt,
            Serving = serving,
        };
    }
}
