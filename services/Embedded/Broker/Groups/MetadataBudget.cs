namespace StreamDistill.Embedded.Broker.Groups;

/// <summary>Counts the memory that groups take on behalf of clients, and ends it at a limit. Used under the coordinator's lock.</summary>
internal sealed class MetadataBudget(long limitBytes)
{
    public long UsedBytes { get; private set; }

    /// <summary>False, and nothing taken, where it would go beyond the limit. What is negative is given back.</summary>
    public bool TryTake(long bytes)
    {
        if (bytes > 0 && UsedBytes + bytes > limitBytes)
        {
            return false;
        }

        UsedBytes += bytes;
        return true;
    }

    /// <summary>Takes what is there already and cannot be refused.</summary>
    public void Take(long bytes) => UsedBytes += bytes;

    public void Give(long bytes) => UsedBytes -= bytes;
}
