namespace StreamDistill.Embedded.SchemaRegistry.Storage;

/// <summary>What the registry keeps its changes in does not answer, or refuses. Clients try again.</summary>
internal class StoreException(int errorCode, string message) : RegistryException(errorCode, message)
{
    public static StoreException Failed(string reason) => new(50001, $"Error in the backend data store: {reason}");

    public static StoreException TimedOut(string operation, string reason) => new(50002, $"{operation} operation timed out: {reason}");
}

/// <summary>Another registry has taken over, and may have changed what this one knows.</summary>
internal sealed class SupersededException(string topic)
    : StoreException(50001, $"Error in the backend data store: another registry has taken over the topic {topic}.");
