namespace Akka.Streams.Internal;

internal sealed class SelectStage<TIn, TOut>(Island island, Connection<TIn> input, Func<TIn, TOut> mapper)
    : FlowStage<TIn, TOut>(island, input)
{
    internal override void OnPush(TIn element) => Out.Push(mapper(element));
}

internal sealed class WhereStage<T>(Island island, Connection<T> input, Predicate<T> predicate) : FlowStage<T, T>(island, input)
{
    internal override void OnPush(T element)
    {
        if (predicate(element))
        {
            Out.Push(element);
        }
        else
        {
            In.Pull();
        }
    }
}

internal sealed class TakeStage<T>(Island island, Connection<T> input, long count) : FlowStage<T, T>(island, input)
{
    private long _left = count;

    internal override void OnPull()
    {
        if (_left > 0)
        {
            In.Pull();
        }
        else
        {
            CompleteStage();
        }
    }

    internal override void OnPush(T element)
    {
        Out.Push(element);
        if (--_left == 0)
        {
            CompleteStage();
        }
    }
}

/// <summary>
/// Always one element ahead, to complete together with its last element. An exception met there waits for the demand that would
/// have got the element.
/// </summary>
internal sealed class SelectManyStage<TIn, TOut>(Island island, Connection<TIn> input, Func<TIn, IEnumerable<TOut>> mapper)
    : FlowStage<TIn, TOut>(island, input)
{
    private IEnumerator<TOut>? _current;
    private AggregateException? _failure;

    internal override void OnPush(TIn element)
    {
        _current = mapper(element).GetEnumerator();
        Advance();
        Emit();
    }

    internal override void OnPull() => Emit();

    internal override void OnUpstreamFinish()
    {
        if (_current is null)
        {
            CompleteStage();
        }
    }

    private void Emit()
    {
        if (_current is null)
        {
            if (In.InClosed)
            {
                CompleteStage();
            }
            else
            {
                In.Pull();
            }

            return;
        }

        if (_failure is not null)
        {
            throw _failure;
        }

        Out.Push(_current.Current);
        Advance();
        if (_current is null && In.InClosed)
        {
            CompleteStage();
        }
    }

    private void Advance()
    {
        try
        {
            if (!_current!.MoveNext())
            {
                _current.Dispose();
                _current = null;
            }
        }
        catch (Exception failure)
        {
            _failure = new AggregateException(failure);
        }
    }
}

internal sealed class BufferStage<T>(Island island, Connection<T> input, int size) : FlowStage<T, T>(island, input)
{
    private readonly Queue<T> _buffer = new();

    internal override void PreStart()
    {
        RequirePositive(size);
        In.Pull();
    }

    internal override void OnPush(T element)
    {
        if (Out.IsAvailable)
        {
            Out.Push(element);
        }
        else
        {
            _buffer.Enqueue(element);
        }

        if (_buffer.Count < size)
        {
            In.Pull();
        }
    }

    internal override void OnPull()
    {
        if (_buffer.TryDequeue(out var element))
        {
            Out.Push(element);
        }

        if (!In.InClosed)
        {
            In.Pull();
        }
        else if (_buffer.Count == 0)
        {
            CompleteStage();
        }
    }

    internal override void OnUpstreamFinish()
    {
        if (_buffer.Count == 0)
        {
            CompleteStage();
        }
    }
}

/// <summary>Passes elements on and completes a task when the stream ends here, whichever side ended it.</summary>
internal sealed class TerminationStage<T>(Island island, Connection<T> input) : FlowStage<T, T>(island, input)
{
    private readonly TaskCompletionSource<Done> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    internal Task<Done> Ended => _ended.Task;

    internal override void OnPush(T element) => Out.Push(element);

    internal override void OnUpstreamFinish()
    {
        _ended.TrySetResult(Done.Instance);
        CompleteStage();
    }

    internal override void OnUpstreamFailure(Exception failure)
    {
        _ended.TrySetException(failure);
        FailStage(failure);
    }

    internal override void OnDownstreamFinish(Exception? cause)
    {
        if (cause is null)
        {
            _ended.TrySetResult(Done.Instance);
        }
        else
        {
            _ended.TrySetException(cause);
        }

        In.Cancel(cause);
    }

    internal override void PostStop()
    {
        if (!_ended.Task.IsCompleted)
        {
            _ended.TrySetException(new AbruptStageTerminationException(ToString()));
        }
    }
}

/// <summary>Passes elements on until the signal, which it does not forget to leave when the stream ends first.</summary>
internal sealed class KillSwitchStage<T>(Island island, Connection<T> input, Task signal) : FlowStage<T, T>(island, input)
{
    private readonly CancellationTokenSource _stopped = new();

    internal override void PreStart()
    {
        if (signal.IsCompleted)
        {
            Switch();
            return;
        }

        signal.ContinueWith(
            _ => RunInIsland(Switch), _stopped.Token, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
    }

    internal override void OnPush(T element) => Out.Push(element);

    internal override void PostStop()
    {
        _stopped.Cancel();
        _stopped.Dispose();
    }

    private void Switch()
    {
        if (signal.Exception is { } failure)
        {
            FailStage(failure);
        }
        else
        {
            CompleteStage();
        }
    }
}
