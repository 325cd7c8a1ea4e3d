using Akka.Streams.Internal;

namespace Akka.Streams;

/// <summary>The open ends of a graph.</summary>
public abstract class Shape
{
    internal Shape()
    {
    }
}

/// <summary>The shape of a graph with one output.</summary>
public sealed class SourceShape<TOut> : Shape
{
    internal SourceShape()
    {
    }
}

/// <summary>The shape of a graph with one input and one output.</summary>
public sealed class FlowShape<TIn, TOut> : Shape
{
    internal FlowShape()
    {
    }
}

/// <summary>The shape of a graph with one input.</summary>
public sealed class SinkShape<TIn> : Shape
{
    internal SinkShape()
    {
    }
}

/// <summary>The shape of a graph that has no open end and can be run.</summary>
public class ClosedShape : Shape
{
    internal ClosedShape()
    {
    }
}

/// <summary>A reusable description of a part of a stream; nothing runs until a closed graph is materialised.</summary>
public interface IGraph<out TShape> where TShape : Shape
{
}

/// <summary>A graph that gives a value of <typeparamref name="TMaterialized"/> each time it is materialised.</summary>
public interface IGraph<out TShape, out TMaterialized> : IGraph<TShape> where TShape : Shape
{
}
