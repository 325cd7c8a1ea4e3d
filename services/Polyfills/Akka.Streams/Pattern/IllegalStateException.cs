namespace Akka.Pattern;

/// <summary>Something was asked of an object that has already been shut down.</summary>
public class IllegalStateException : Exception
{
    /// <summary>An exception with this message.</summary>
    public IllegalStateException(string message) : base(message)
    {
    }
}
