using StreamDistill.Embedded.Broker.Catalog;
using StreamDistill.Embedded.Broker.Groups;
using StreamDistill.Embedded.Broker.Protocol;
using StreamDistill.Embedded.Broker.Transactions;

namespace StreamDistill.Embedded.Broker.Handlers;

/// <summary>
/// TxnOffsetCommit, versions 0 to 4. Commits offsets as a part of a transaction to which AddOffsetsToTxn has added the group; they
/// count when it commits. From version 3 the client says which member of which generation it is (KIP-447), and one that is not, or
/// not any more, is refused. TRANSACTION_ABORTABLE of version 4 is never answered.
/// </summary>
internal sealed class TxnOffsetCommitHandler(GroupCoordinator groups, TransactionCoordinator transactions) : Handler(ApiKey.TxnOffsetCommit, 0, 4, 3)
{
    public override ValueTask<bool> HandleAsync(Request request, KafkaWriter response, CancellationToken cancellationToken)
    {
        var (body, version) = (request.Body, request.Version);
        var transactionalId = body.ReadString();
        var groupId = body.ReadString();
        var producerId = body.ReadInt64();
        var producerEpoch = body.ReadInt16();
        var member = version >= 3 ? ReadMember(body) : new MemberIdentity("", null);
        var topics = CommittedTopics.Read(body, hasLeaderEpoch: version >= 2);
        body.SkipTags();

        var commit = new OffsetCommit(groupId, member, CommittedTopics.Flatten(topics));
        var errors = new ErrorCode[commit.Offsets.Count];
        var appended = false;
        var result = transactions.AppendInTransaction(transactionalId, producerId, producerEpoch, TopicCatalog.ConsumerOffsets, 0, () =>
        {
            appended = true;
            return groups.CommitInTransaction(commit, producerId, producerEpoch, errors);
        });
        if (!appended)
        {
            Array.Fill(errors, result.Error);
        }

        response.WriteInt32(0);
        CommittedTopics.Write(response, topics, errors);
        response.WriteNoTags();
        return ValueTask.FromResult(true);
    }

    private static MemberIdentity ReadMember(KafkaReader body)
    {
        var generation = body.ReadInt32();
        return new MemberIdentity(body.ReadString(), body.ReadNullableString(), generation);
    }
}
