namespace Akka.Streams.Dsl;

/// <summary>The usual ways to combine the materialised values of two parts of a stream.</summary>
public static class Keep
{
    /// <summary>Returns the value of the upstream part.</summary>
    public static TLeft Left<TLeft, TRight>(TLeft left, TRight right) => left;

    /// <summary>Returns the value of the downstream part.</summary>
    public static TRight Right<TLeft, TRight>(TLeft left, TRight right) => right;

    /// <summary>Returns both values.</summary>
    public static (TLeft, TRight) Both<TLeft, TRight>(TLeft left, TRight right) => (left, right);

    /// <summary>Returns neither.</summary>
    public static NotUsed None<TLeft, TRight>(TLeft left, TRight right) => NotUsed.Instance;
}
