using Microsoft.Extensions.Logging;
using StreamDistill.Embedded.Broker.Log;
using StreamDistill.Embedded.Broker.Protocol;

namespace StreamDistill.Embedded.Broker.Groups;

/// <summary>A committed offset as OffsetFetch shows it.</summary>
/// <param name="Committed">Null where there is none, or where it is not certain yet.</param>
internal readonly record struct FetchedOffset(TopicPartition Partition, CommittedOffset? Committed, ErrorCode Error);

/// <content>Committed offsets: first they are in the log, then they count.</content>
internal sealed partial class GroupCoordinator
{
    // A batch of records stays well below the largest that a topic takes, whatever the metadata.
    private const int MaxRecordsInBatch = 200;

    /// <summary>Commits offsets.</summary>
    /// <returns>An error code for each, in the order of the request.</returns>
    public async ValueTask<IReadOnlyList<ErrorCode>> CommitAsync(OffsetCommit commit)
    {
        var errors = new ErrorCode[commit.Offsets.Count];
        lock (gate)
        {
            if (CheckCommit(commit, isTransactional: false) is var error and not ErrorCode.None)
            {
                Array.Fill(errors, error);
                return errors;
            }

            if (groups.TryGetValue(commit.GroupId, out var found))
            {
                found.Group.Touch(commit.Member.MemberId);
            }

            var records = RecordsOf(commit, errors);
            if (records.Count > 0 && Append(records, (record, position) => offsets.Apply(commit.GroupId, record.Partition, record.Offset, position)) is var failure and not ErrorCode.None)
            {
                Refuse(errors, failure);
            }

            Register(commit.GroupId);
        }

        await FlushAsync(errors).ConfigureAwait(false);
        return errors;
    }

    /// <summary>
    /// Writes offsets as a part of a transaction; they count when it commits. To be called where the transaction cannot end
    /// meanwhile.
    /// </summary>
    /// <param name="commit">What to commit.</param>
    /// <param name="producerId">The transaction's producer.</param>
    /// <param name="producerEpoch">Its epoch.</param>
    /// <param name="errors">Takes an error code for each offset, in the order of the request.</param>
    /// <returns>Of the append, or why nothing was written.</returns>
    public AppendResult CommitInTransaction(OffsetCommit commit, long producerId, short producerEpoch, ErrorCode[] errors)
    {
        lock (gate)
        {
            if (CheckCommit(commit, isTransactional: true) is var error and not ErrorCode.None)
            {
                Array.Fill(errors, error);
                return new AppendResult(error, -1, -1);
            }

            var records = RecordsOf(commit, errors);
            var failure = Append(
                records,
                (record, position) => offsets.ApplyPending(producerId, commit.GroupId, record.Partition, record.Offset, position),
                producerId,
                producerEpoch);
            if (failure != ErrorCode.None)
            {
                Refuse(errors, failure);
            }

            Register(commit.GroupId);
            return new AppendResult(failure, -1, -1);
        }
    }

    /// <summary>
    /// A transaction that wrote offsets has ended, and its marker is in the offsets' log: what it wrote for any group now
    /// counts, or is forgotten.
    /// </summary>
    public void CompleteTransaction(long producerId, bool isCommit)
    {
        lock (gate)
        {
            foreach (var group in offsets.Complete(producerId, isCommit))
            {
                Register(group);
            }
        }
    }

    /// <summary>Committed offsets, for the partitions asked for or, where that is null, all there are.</summary>
    /// <param name="groupId">The group.</param>
    /// <param name="partitions">Null for all.</param>
    /// <param name="requireStable">Whether an offset that an open transaction may replace is UNSTABLE_OFFSET_COMMIT instead.</param>
    public IReadOnlyList<FetchedOffset> Fetch(string groupId, IReadOnlyList<TopicPartition>? partitions, bool requireStable)
    {
        lock (gate)
        {
            return
            [
                .. (partitions ?? offsets.Of(groupId).Select(entry => entry.Key)).Select(partition => requireStable && offsets.HasPending(groupId, partition)
                    ? new FetchedOffset(partition, null, ErrorCode.UnstableOffsetCommit)
                    : new FetchedOffset(partition, offsets.Get(groupId, partition), ErrorCode.None))
            ];
        }
    }

    private static void Refuse(ErrorCode[] errors, ErrorCode error)
    {
        for (var i = 0; i < errors.Length; i++)
        {
            errors[i] = errors[i] == ErrorCode.None ? error : errors[i];
        }
    }

    /// <summary>
    /// Records of committed transactions count in the order in which they stand, like all others; so the replay asks the log what
    /// became of each transaction, and does not depend on markers, which compaction may remove.
    /// </summary>
    private void Load()
    {
        var open = log.Producers.Where(producer => producer.OpenFromOffset >= 0).ToDictionary(producer => producer.ProducerId, producer => producer.OpenFromOffset);
        var aborted = log.AbortedTransactions(log.StartOffset, log.EndOffset)
            .GroupBy(transaction => transaction.ProducerId)
            .ToDictionary(transactions => transactions.Key, transactions => new Queue<AbortedTransaction>(transactions.OrderBy(transaction => transaction.FirstOffset)));
        foreach (var batch in RecordBatch.ReadAll(log, log.StartOffset))
        {
            if (!batch.IsControl && !(batch.IsTransactional && IsAborted(batch)))
            {
                Load(batch, isPending: batch.IsTransactional && open.TryGetValue(batch.ProducerId, out var openFrom) && batch.BaseOffset >= openFrom);
            }
        }

        foreach (var group in offsets.Groups.ToArray())
        {
            Add(group);
        }

        ForgetDeletedTopics();

        bool IsAborted(BatchContent batch)
        {
            if (!aborted.TryGetValue(batch.ProducerId, out var transactions))
            {
                return false;
            }

            while (transactions.TryPeek(out var past) && past.LastOffset < batch.BaseOffset)
            {
                transactions.Dequeue();
            }

            return transactions.TryPeek(out var next) && next.FirstOffset <= batch.BaseOffset;
        }
    }

    private void Load(BatchContent batch, bool isPending)
    {
        foreach (var record in batch.Records)
        {
            try
            {
                if (!OffsetRecord.TryRead(record, out var group, out var partition, out var offset))
                {
                    continue;
                }

                if (isPending)
                {
                    offsets.ApplyPending(batch.ProducerId, group, partition, offset, record.Offset);
                }
                else
                {
                    offsets.Apply(group, partition, offset, record.Offset);
                }
            }
            catch (MalformedRequestException e)
            {
                logger.LogError("Record {Offset} of {Log} is not a committed offset and does not count: {Reason}", record.Offset, log.Name, e.Message);
            }
        }
    }

    private ErrorCode CheckCommit(OffsetCommit commit, bool isTransactional)
    {
        if (Validate(commit.GroupId) is var error and not ErrorCode.None)
        {
            return error;
        }

        if (groups.TryGetValue(commit.GroupId, out var found))
        {
            return found.Group.CheckCommit(commit.Member, isTransactional);
        }

        // Kafka says ILLEGAL_GENERATION or GROUP_ID_NOT_FOUND here. It never forgets a group with members; this broker does when it
        // restarts, and to a member from before clients must react by joining again, which the latter does not make them do.
        if (commit.Member.Generation >= 0 || commit.Member.MemberId.Length > 0 || commit.Member.InstanceId is not null)
        {
            return ErrorCode.UnknownMemberId;
        }

        return FindOrAdd(commit.GroupId) is null ? ErrorCode.GroupMaxSizeReached : ErrorCode.None;
    }

    /// <summary>The records for those offsets that can be committed, and errors for the others.</summary>
    private List<(TopicPartition Partition, CommittedOffset? Offset, LogRecord Record)> RecordsOf(OffsetCommit commit, ErrorCode[] errors)
    {
        var records = new List<(TopicPartition, CommittedOffset?, LogRecord)>(commit.Offsets.Count);
        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        var bytes = budget.UsedBytes;
        for (var i = 0; i < errors.Length; i++)
        {
            var asked = commit.Offsets[i];
            var partition = new TopicPartition(asked.Topic, asked.Partition);
            var offset = new CommittedOffset(asked.Offset, asked.LeaderEpoch, asked.Metadata ?? "", now);
            bytes += OffsetStore.BytesOf(offset);
            errors[i] =
                offset.Metadata.Length > options.MaxOffsetMetadataLength ? ErrorCode.OffsetMetadataTooLarge
                : !partitionExists(asked.Topic, asked.Partition) ? ErrorCode.UnknownTopicOrPartition
                : bytes > options.MaxMetadataBytes && offsets.Get(commit.GroupId, partition) is null ? ErrorCode.InvalidCommitOffsetSize
                : ErrorCode.None;
            if (errors[i] == ErrorCode.None)
            {
                records.Add((partition, offset, OffsetRecord.Of(commit.GroupId, partition, offset, now)));
            }
        }

        return records;
    }

    /// <summary>Appends the records and applies each as soon as it is in the log.</summary>
    private ErrorCode Append(
        List<(TopicPartition Partition, CommittedOffset? Offset, LogRecord Record)> records,
        Action<(TopicPartition Partition, CommittedOffset? Offset, LogRecord Record), long> apply,
        long producerId = -1,
        short producerEpoch = -1)
    {
        foreach (var chunk in records.Chunk(MaxRecordsInBatch))
        {
            var batch = RecordBatch.Build([.. chunk.Select(record => record.Record)], producerId, producerEpoch, isTransactional: producerId >= 0);
            var result = log.AppendInternal(batch);
            if (result.Error != ErrorCode.None)
            {
                logger.LogWarning("{Log} did not take {Count} committed offsets: {Error} {Message}", log.Name, chunk.Length, result.Error, result.Message);

                // A disk that is full now may not be later: clients try again on this.
                return result.Error == ErrorCode.KafkaStorageError ? ErrorCode.CoordinatorNotAvailable : result.Error;
            }

            for (var i = 0; i < chunk.Length; i++)
            {
                apply(chunk[i], result.BaseOffset + i);
            }
        }

        return ErrorCode.None;
    }

    /// <summary>A group with offsets is known, also where it has no members.</summary>
    private void Register(string groupId)
    {
        if (groups.TryGetValue(groupId, out var found))
        {
            Settle(found.Group);
        }
        else if (offsets.HasAny(groupId))
        {
            Add(groupId);
        }
    }

    private async ValueTask FlushAsync(ErrorCode[] errors)
    {
        if (!options.FlushesCommits || !errors.Contains(ErrorCode.None))
        {
            return;
        }

        try
        {
            await log.FlushAsync().ConfigureAwait(false);
        }
        catch (IOException e)
        {
            logger.LogError(e, "Committed offsets could not be flushed to disk.");
            Refuse(errors, ErrorCode.CoordinatorNotAvailable);
        }
    }
}
