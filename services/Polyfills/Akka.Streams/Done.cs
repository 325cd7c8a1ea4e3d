namespace Akka;

/// <summary>The value of a stream that has run to its end.</summary>
public sealed class Done
{
    /// <summary>The only instance.</summary>
    public static readonly Done Instance = new();

    private Done()
    {
    }
}
