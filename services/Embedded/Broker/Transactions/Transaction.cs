namespace StreamDistill.Embedded.Broker.Transactions;

/// <summary>A transactional id with its lock. What <see cref="Data" /> refers to may be read without the lock, and is replaced under it.</summary>
internal sealed class Transaction
{
    private volatile TransactionData? data;

    /// <summary>Held for transitions and for appends to the transaction's partitions; taken before a group's and a log's.</summary>
    public Lock Gate { get; } = new();

    /// <summary>Null until the first epoch is given.</summary>
    public TransactionData? Data
    {
        get => data;
        set => data = value;
    }

    /// <summary>Somebody is at it to flush and to write markers.</summary>
    public bool IsFinishing { get; set; }

    /// <summary>Forgotten: whoever still holds it looks the id up again.</summary>
    public bool IsRemoved { get; set; }
}
