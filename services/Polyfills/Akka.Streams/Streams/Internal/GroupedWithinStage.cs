namespace Akka.Streams.Internal;

/// <summary>
/// Emits a group when it is full, when the interval has passed since the last full group and there is anything in it, and when
/// upstream completes. One element beyond a full group waits here for the next.
/// </summary>
internal sealed class GroupedWithinStage<T>(Island island, Connection<T> input, int size, TimeSpan interval)
    : FlowStage<T, IEnumerable<T>>(island, input)
{
    private List<T> _group = [];
    private T? _next;
    private bool _hasNext;
    private bool _emitOnPull;
    private Timer? _timer;

    internal override void PreStart()
    {
        Action tick = OnTimer;
        _timer = new Timer(_ => RunInIsland(tick), null, interval, interval);
        In.Pull();
    }

    internal override void PostStop() => _timer?.Dispose();

    internal override void OnPush(T element)
    {
        if (_group.Count == size)
        {
            _next = element;
            _hasNext = true;
            return;
        }

        _group.Add(element);
        if (_group.Count < size)
        {
            In.Pull();
        }
        else if (Out.IsAvailable)
        {
            _timer!.Change(interval, interval);
            Emit();
        }
        else
        {
            _emitOnPull = true;
            In.Pull();
        }
    }

    internal override void OnPull()
    {
        if (_emitOnPull)
        {
            Emit();
        }
    }

    internal override void OnUpstreamFinish()
    {
        if (_group.Count == 0)
        {
            CompleteStage();
        }
        else
        {
            EmitOrWait();
        }
    }

    private void OnTimer()
    {
        if (_group.Count > 0)
        {
            EmitOrWait();
        }
    }

    private void EmitOrWait()
    {
        if (Out.IsAvailable)
        {
            Emit();
        }
        else
        {
            _emitOnPull = true;
        }
    }

    private void Emit()
    {
        var group = _group;
        _group = new List<T>(Math.Min(group.Count, size));
        Out.Push(group);
        if (_hasNext)
        {
            _group.Add(_next!);
            _next = default;
            _hasNext = false;
        }

        // The last group waits for the next demand; a group of one that is already full does too.
        _emitOnPull = _group.Count > 0 && (In.InClosed || _group.Count == size);
        if (!In.InClosed)
        {
            In.Pull();
        }
        else if (_group.Count == 0)
        {
            CompleteStage();
        }
    }
}
