namespace Akka.Streams.Internal;

/// <summary>
/// Keeps up to <c>parallelism</c> tasks and emits their results in the order of their elements. The first failure it hears of,
/// of whichever task, fails the stage.
/// </summary>
internal sealed class SelectAsyncStage<TIn, TOut> : FlowStage<TIn, TOut>
{
    private readonly Func<TIn, Task<TOut>> _mapper;
    private readonly Slot[] _ring;
    private int _head;
    private int _used;

    internal SelectAsyncStage(Island island, Connection<TIn> input, int parallelism, Func<TIn, Task<TOut>> mapper) : base(island, input)
    {
        _mapper = mapper;
        _ring = new Slot[Math.Max(parallelism, 0)];
        for (var i = 0; i < _ring.Length; i++)
        {
            _ring[i] = new Slot(this);
        }
    }

    internal override void PreStart() => RequirePositive(_ring.Length);

    internal override void OnPush(TIn element)
    {
        var task = _mapper(element);
        var slot = _ring[(_head + _used) % _ring.Length];
        _used++;
        slot.Hold(task);
        if (task.IsCompleted)
        {
            TaskCompleted(slot);
        }

        PullIfRoom();
    }

    internal override void OnPull() => Emit();

    internal override void OnUpstreamFinish()
    {
        if (_used == 0)
        {
            CompleteStage();
        }
    }

    // A slot may have been emptied, and filled again, before the news of its task arrives: the news is then no news.
    private void TaskCompleted(Slot slot)
    {
        if (slot.Failure is { } failure)
        {
            FailStage(failure);
        }
        else if (Out.IsAvailable)
        {
            Emit();
        }
    }

    private void Emit()
    {
        if (_used == 0)
        {
            if (In.InClosed)
            {
                CompleteStage();
                return;
            }
        }
        else if (_ring[_head].Task!.IsCompleted)
        {
            var slot = _ring[_head];
            if (slot.Failure is { } failure)
            {
                FailStage(failure);
                return;
            }

            var result = slot.Release();
            _head = (_head + 1) % _ring.Length;
            _used--;
            Out.Push(result);
        }

        PullIfRoom();
    }

    private void PullIfRoom()
    {
        if (_used < _ring.Length)
        {
            In.Pull();
        }
    }

    private sealed class Slot
    {
        private readonly Action _taskCompleted;

        internal Slot(SelectAsyncStage<TIn, TOut> stage)
        {
            Action tell = () => stage.TaskCompleted(this);
            _taskCompleted = () => stage.RunInIsland(tell);
        }

        internal Task<TOut>? Task { get; private set; }

        internal Exception? Failure => Task is { IsCompleted: true } task ? FailureOf(task) : null;

        internal void Hold(Task<TOut> task)
        {
            Task = task;
            if (!task.IsCompleted)
            {
                task.ConfigureAwait(false).GetAwaiter().UnsafeOnCompleted(_taskCompleted);
            }
        }

        internal TOut Release()
        {
            var result = Task!.Result;
            Task = null;
            return result;
        }
    }

    internal static Exception? FailureOf(Task<TOut> task) => task switch
    {
        { IsFaulted: true } => task.Exception,
        { IsCanceled: true } => new TaskCanceledException(task),
        _ => task.Result is null ? Connection<TOut>.NullElement() : null,
    };
}

/// <summary>As <see cref="SelectAsyncStage{TIn,TOut}"/>, but emits results in the order in which the tasks complete.</summary>
internal sealed class SelectAsyncUnorderedStage<TIn, TOut>(
    Island island, Connection<TIn> input, int parallelism, Func<TIn, Task<TOut>> mapper) : FlowStage<TIn, TOut>(island, input)
{
    private readonly Queue<TOut> _results = new();
    private int _inFlight;

    internal override void PreStart() => RequirePositive(parallelism);

    internal override void OnPush(TIn element)
    {
        var task = mapper(element);
        _inFlight++;
        if (task.IsCompleted)
        {
            TaskCompleted(task);
        }
        else
        {
            task.ConfigureAwait(false).GetAwaiter().UnsafeOnCompleted(() => RunInIsland(() => TaskCompleted(task)));
        }

        PullIfRoom();
    }

    internal override void OnPull()
    {
        if (_results.TryDequeue(out var result))
        {
            Out.Push(result);
        }
        else if (In.InClosed && _inFlight == 0)
        {
            CompleteStage();
        }

        PullIfRoom();
    }

    internal override void OnUpstreamFinish()
    {
        if (_inFlight + _results.Count == 0)
        {
            CompleteStage();
        }
    }

    private void TaskCompleted(Task<TOut> task)
    {
        _inFlight--;
        if (SelectAsyncStage<TIn, TOut>.FailureOf(task) is { } failure)
        {
            FailStage(failure);
            return;
        }

        if (!Out.IsAvailable)
        {
            _results.Enqueue(task.Result);
            return;
        }

        Out.Push(task.Result);
        PullIfRoom();
    }

    private void PullIfRoom()
    {
        if (_inFlight + _results.Count < parallelism)
        {
            In.Pull();
        }
    }
}
