using Akka.Streams.Internal;

namespace Akka.Streams.Dsl;

/// <summary>The operators on flows: the same as those of <see cref="SourceOperations"/>.</summary>
public static class FlowOperations
{
    /// <summary>Applies the function to each element.</summary>
    public static Flow<T, TOut, TMat> Select<T, TIn, TOut, TMat>(this Flow<T, TIn, TMat> flow, Func<TIn, TOut> mapper) =>
        flow.Via(Operators.Select(mapper));

    /// <summary>Passes on the elements for which the predicate holds.</summary>
    public static Flow<TIn, TOut, TMat> Where<TIn, TOut, TMat>(this Flow<TIn, TOut, TMat> flow, Predicate<TOut> predicate) =>
        flow.Via(Operators.Where(predicate));

    /// <summary>
    /// Replaces each element by those the function gives for it. An exception of their enumerator fails the stream with an
    /// <see cref="AggregateException"/> around it.
    /// </summary>
    public static Flow<T, TOut, TMat> SelectMany<T, TIn, TOut, TMat>(
        this Flow<T, TIn, TMat> flow, Func<TIn, IEnumerable<TOut>> mapConcater) => flow.Via(Operators.SelectMany(mapConcater));

    /// <summary>
    /// Starts at most <paramref name="parallelism"/> tasks at a time and passes their results on in the order of the elements. The
    /// first task to fail fails the stream, with the task's <see cref="AggregateException"/>.
    /// </summary>
    public static Flow<T, TOut, TMat> SelectAsync<T, TIn, TOut, TMat>(
        this Flow<T, TIn, TMat> flow, int parallelism, Func<TIn, Task<TOut>> asyncMapper) =>
        flow.Via(Operators.SelectAsync(parallelism, asyncMapper));

    /// <summary>As SelectAsync, but passes results on in the order in which the tasks complete.</summary>
    public static Flow<T, TOut, TMat> SelectAsyncUnordered<T, TIn, TOut, TMat>(
        this Flow<T, TIn, TMat> flow, int parallelism, Func<TIn, Task<TOut>> asyncMapper) =>
        flow.Via(Operators.SelectAsyncUnordered(parallelism, asyncMapper));

    /// <summary>
    /// Gathers elements into groups of <paramref name="n"/>; a smaller group, never an empty one, is passed on when the time has
    /// passed since the last full group and when the stream completes.
    /// </summary>
    /// <exception cref="ArgumentException">The number or the time is not positive.</exception>
    public static Flow<TIn, IEnumerable<TOut>, TMat> GroupedWithin<TIn, TOut, TMat>(
        this Flow<TIn, TOut, TMat> flow, int n, TimeSpan timeout) => flow.Via(Operators.GroupedWithin<TOut>(n, timeout));

    /// <summary>Asks for up to <paramref name="size"/> elements before downstream does.</summary>
    public static Flow<TIn, TOut, TMat> Buffer<TIn, TOut, TMat>(this Flow<TIn, TOut, TMat> flow, int size, OverflowStrategy strategy) =>
        flow.Via(Operators.Buffer<TOut>(size, strategy));

    /// <summary>Passes on the first <paramref name="n"/> elements, then completes and cancels upstream.</summary>
    public static Flow<TIn, TOut, TMat> Take<TIn, TOut, TMat>(this Flow<TIn, TOut, TMat> flow, long n) =>
        flow.Via(Operators.Take<TOut>(n));

    /// <summary>
    /// Combines the materialised value with a task that completes when the stream completes or is cancelled here, and fails when
    /// it fails, on either side.
    /// </summary>
    public static Flow<TIn, TOut, TMat2> WatchTermination<TIn, TOut, TMat, TMat2>(
        this Flow<TIn, TOut, TMat> flow, Func<TMat, Task<Done>, TMat2> materializerFunction) =>
        flow.ViaMaterialized(Operators.WatchTermination<TOut>(), materializerFunction);
}
