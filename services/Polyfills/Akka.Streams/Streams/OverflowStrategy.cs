namespace Akka.Streams;

/// <summary>What a buffer does with an element for which it has no room.</summary>
public enum OverflowStrategy
{
    /// <summary>It stops asking upstream for elements until there is room.</summary>
    Backpressure = 6,
}
