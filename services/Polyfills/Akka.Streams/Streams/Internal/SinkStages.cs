using System.Collections.Immutable;

namespace Akka.Streams.Internal;

/// <summary>As in Akka, an abrupt end of the stream leaves the task pending; only a termination watcher sees that.</summary>
internal sealed class IgnoreStage<T>(Island island, Connection<T> input) : SinkStage<T>(island, input)
{
    private readonly TaskCompletionSource<Done> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);

    internal Task<Done> Completion => _completion.Task;

    internal override void OnPush(T element) => In.Pull();

    internal override void OnUpstreamFinish() => _completion.TrySetResult(Done.Instance);

    internal override void OnUpstreamFailure(Exception failure) => _completion.TrySetException(failure);
}

internal sealed class SeqStage<T>(Island island, Connection<T> input) : SinkStage<T>(island, input)
{
    private readonly ImmutableList<T>.Builder _elements = ImmutableList.CreateBuilder<T>();

    private readonly TaskCompletionSource<IImmutableList<T>> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);

    internal Task<IImmutableList<T>> Completion => _completion.Task;

    internal override void OnPush(T element)
    {
        _elements.Add(element);
        In.Pull();
    }

    internal override void OnUpstreamFinish() => _completion.TrySetResult(_elements.ToImmutable());

    internal override void OnUpstreamFailure(Exception failure) => _completion.TrySetException(failure);

    internal override void PostStop()
    {
        if (!_completion.Task.IsCompleted)
        {
            _completion.TrySetException(new AbruptStageTerminationException(ToString()));
        }
    }
}
