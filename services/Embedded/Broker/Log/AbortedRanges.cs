namespace StreamDistill.Embedded.Broker.Log;

/// <summary>Tells whether a transactional batch was aborted.</summary>
internal sealed class AbortedRanges(IEnumerable<AbortedTransaction> transactions)
{
    private readonly ILookup<long, AbortedTransaction> byProducer = transactions.ToLookup(transaction => transaction.ProducerId);

    public bool Contain(in BatchHeader header)
    {
        if (!header.IsTransactional || header.IsControl)
        {
            return false;
        }

        foreach (var transaction in byProducer[header.ProducerId])
        {
            if (header.BaseOffset >= transaction.FirstOffset && header.BaseOffset < transaction.LastOffset)
            {
                return true;
            }
        }

        return false;
    }
}
