using System.ComponentModel.DataAnnotations;

namespace StreamDistill.Pipeline;

/// <summary>What a failure may do to a record.</summary>
public enum DeliveryGuarantee
{
    /// <summary>It is neither lost nor doubled.</summary>
    ExactlyOnce,

    /// <summary>It is not lost, but may be written twice.</summary>
    AtLeastOnce,
}

/// <summary>Section Pipeline: how a stage is run. The defaults suit one machine; nothing here changes results, except where it says so.</summary>
public sealed class PipelineOptions
{
    /// <summary>Units in ProcessAsync at once; 0 leaves it to the service.</summary>
    [Range(0, 65536, ErrorMessage = "Allowed: 0 (the service's own default) to 65536 units at once.")]
    public int Parallelism { get; init; }

    /// <summary>Units in a transaction at most.</summary>
    [Range(1, 100_000, ErrorMessage = "Allowed: 1 to 100000 units.")]
    public int BatchUnits { get; init; } = 1000;

    /// <summary>Milliseconds that a transaction waits for more units.</summary>
    [Range(1, 60_000, ErrorMessage = "Allowed: 1 to 60000 milliseconds.")]
    public int BatchMilliseconds { get; init; } = 10;

    /// <summary>
    /// ExactlyOnce (the default) writes each batch in a transaction. AtLeastOnce does not, for brokers without transactions:
    /// a crash may then leave records twice.
    /// </summary>
    [EnumDataType(typeof(DeliveryGuarantee), ErrorMessage = "Allowed: ExactlyOnce or AtLeastOnce.")]
    public DeliveryGuarantee Delivery { get; init; }

    /// <summary>Seconds after which the broker aborts a transaction whose stage is gone.</summary>
    [Range(1, 900, ErrorMessage = "Allowed: 1 to 900 seconds.")]
    public int TransactionTimeoutSeconds { get; init; } = 15;

    /// <summary>Seconds that a stopping stage may take to finish what is in flight; what is left then is read again later.</summary>
    [Range(0, 600, ErrorMessage = "Allowed: 0 to 600 seconds.")]
    public int DrainSeconds { get; init; } = 15;

    /// <summary>Largest output value in bytes; a larger one is a dead letter. Not above the brokers' message.max.bytes.</summary>
    [Range(1024, 1 << 30, ErrorMessage = "Allowed: 1024 bytes to 1 GiB.")]
    public int MaxOutputBytes { get; init; } = 950_000;

    /// <summary>
    /// This instance's lasting name within its service: a restarted instance of the same name fences its predecessor and
    /// ends its open transaction at once. Empty means a random one.
    /// </summary>
    [RegularExpression("[A-Za-z0-9._-]{0,100}", ErrorMessage = "Allowed: up to 100 letters, digits, '.', '_' and '-'.")]
    public string InstanceId { get; init; } = "";
}

/// <summary>What a stage is: its name, what it reads, and how many units it handles at once.</summary>
/// <param name="Name">The consumer group's name: teach, verify…</param>
/// <param name="InputTopic">The topic read.</param>
/// <param name="Parallelism">Units in ProcessAsync at once.</param>
internal sealed record StageDefinition(string Name, string InputTopic, int Parallelism);
