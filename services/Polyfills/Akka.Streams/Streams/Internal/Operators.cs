using Akka.Streams.Dsl;

namespace Akka.Streams.Internal;

/// <summary>The operators as flows, for <see cref="SourceOperations"/> and <see cref="FlowOperations"/> to append.</summary>
internal static class Operators
{
    internal static Flow<TIn, TOut, NotUsed> Select<TIn, TOut>(Func<TIn, TOut> mapper) =>
        Of<TIn, TOut>((island, input) => new SelectStage<TIn, TOut>(island, input, mapper));

    internal static Flow<T, T, NotUsed> Where<T>(Predicate<T> predicate) =>
        Of<T, T>((island, input) => new WhereStage<T>(island, input, predicate));

    internal static Flow<TIn, TOut, NotUsed> SelectMany<TIn, TOut>(Func<TIn, IEnumerable<TOut>> mapper) =>
        Of<TIn, TOut>((island, input) => new SelectManyStage<TIn, TOut>(island, input, mapper));

    internal static Flow<TIn, TOut, NotUsed> SelectAsync<TIn, TOut>(int parallelism, Func<TIn, Task<TOut>> mapper) =>
        Of<TIn, TOut>((island, input) => new SelectAsyncStage<TIn, TOut>(island, input, parallelism, mapper));

    internal static Flow<TIn, TOut, NotUsed> SelectAsyncUnordered<TIn, TOut>(int parallelism, Func<TIn, Task<TOut>> mapper) =>
        Of<TIn, TOut>((island, input) => new SelectAsyncUnorderedStage<TIn, TOut>(island, input, parallelism, mapper));

    internal static Flow<T, IEnumerable<T>, NotUsed> GroupedWithin<T>(int n, TimeSpan timeout)
    {
        if (n <= 0)
        {
            throw new ArgumentException("must be greater than 0", nameof(n));
        }

        if (timeout <= TimeSpan.Zero)
        {
            throw new ArgumentException("must be greater than zero", nameof(timeout));
        }

        return Of<T, IEnumerable<T>>((island, input) => new GroupedWithinStage<T>(island, input, n, timeout));
    }

    internal static Flow<T, T, NotUsed> Buffer<T>(int size, OverflowStrategy strategy)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(strategy, OverflowStrategy.Backpressure);
        return Of<T, T>((island, input) => new BufferStage<T>(island, input, size));
    }

    internal static Flow<T, T, NotUsed> Take<T>(long n) => Of<T, T>((island, input) => new TakeStage<T>(island, input, n));

    internal static Flow<T, T, Task<Done>> WatchTermination<T>() => new((island, input) =>
    {
        var stage = new TerminationStage<T>(island, input);
        return (stage.Out, stage.Ended);
    });

    private static Flow<TIn, TOut, NotUsed> Of<TIn, TOut>(Func<Island, Connection<TIn>, FlowStage<TIn, TOut>> stage) =>
        new((island, input) => (stage(island, input).Out, NotUsed.Instance));
}
