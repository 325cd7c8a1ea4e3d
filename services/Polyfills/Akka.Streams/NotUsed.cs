namespace Akka;

/// <summary>The materialised value of a part of a stream that has nothing to give.</summary>
public sealed class NotUsed
{
    /// <summary>The only instance.</summary>
    public static readonly NotUsed Instance = new();

    private NotUsed()
    {
    }

    /// <summary>Returns "()".</summary>
    public override string ToString() => "()";
}
