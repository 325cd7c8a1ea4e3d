using StreamDistill.Embedded.Broker.Protocol;
using StreamDistill.Embedded.Broker.Transactions;

namespace StreamDistill.Embedded.Broker.Handlers;

/// <summary>
/// ListTransactions, versions 0 and 1 (which has the filter by duration). Names of states that do not exist are returned as unknown
/// and match nothing.
/// </summary>
internal sealed class ListTransactionsHandler(TransactionCoordinator transactions, TimeProvider time) : Handler(ApiKey.ListTransactions, 0, 1, 0)
{
    /// <summary>States of Kafka's that no transaction here is ever in.</summary>
    private static readonly string[] OtherStates = ["Dead", "PrepareEpochFence"];

    private static readonly HashSet<string> States = Enum.GetNames<TransactionState>().Concat(OtherStates).ToHashSet(StringComparer.Ordinal);

    public override ValueTask<bool> HandleAsync(Request request, KafkaWriter response, CancellationToken cancellationToken)
    {
        var body = request.Body;
        var (states, producerIds) = (body.ReadArray(s => s.ReadString()), body.ReadArray(p => p.ReadInt64()));
        var durationMs = request.Version >= 1 ? body.ReadInt64() : -1;
        body.SkipTags();

        var nowMs = time.GetUtcNow().ToUnixTimeMilliseconds();
        var listed = transactions.Transactions.Where(data =>
            (states.Count == 0 || states.Contains(data.State.ToString()))
            && (producerIds.Count == 0 || producerIds.Contains(data.ProducerId))
            && (durationMs < 0 || nowMs - data.StartedMs > durationMs)).ToList();

        response.WriteInt32(0);
        response.WriteError(ErrorCode.None);
        response.WriteArray(states.Where(s => !States.Contains(s)).ToList(), (w, state) => w.WriteString(state));
        response.WriteArray(listed, (w, data) =>
        {
            w.WriteString(data.Id);
            w.WriteInt64(data.ProducerId);
            w.WriteString(data.State.ToString());
            w.WriteNoTags();
        });
        response.WriteNoTags();
        return ValueTask.FromResult(true);
    }
}
