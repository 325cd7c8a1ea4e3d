namespace Akka.Streams.Internal;

/// <summary>The wire between two stages of one island, on which at most one element travels at a time.</summary>
internal abstract class Connection(Island island)
{
    private bool _queued;

    /// <summary>Delivers one signal. The island calls it once for each time the connection was queued.</summary>
    internal void Deliver()
    {
        _queued = false;
        DeliverNext();
    }

    /// <summary>The stage whose handler <see cref="Deliver"/> was running, to be failed when the handler threw.</summary>
    internal Stage? Running { get; private protected set; }

    private protected abstract void DeliverNext();

    private protected void Queue()
    {
        if (!_queued)
        {
            _queued = true;
            island.Queue(this);
        }
    }
}

internal sealed class Connection<T>(Island island, Stage upstream) : Connection(island)
{
    private InStage<T>? _downstream;
    private T? _element;
    private bool _pullSignalled;
    private bool _pushSignalled;
    private bool _finishSignalled;
    private bool _cancelSignalled;
    private bool _outClosed;
    private Exception? _failure;
    private Exception? _cancelCause;

    internal void ConnectTo(InStage<T> downstream) => _downstream = downstream;

    // The downstream stage's end.

    /// <summary>Downstream has asked for an element and has not got it yet.</summary>
    internal bool HasBeenPulled { get; private set; }

    /// <summary>Downstream has cancelled or has been told the end.</summary>
    internal bool InClosed { get; private set; }

    /// <summary>Asks for an element, unless one has been asked for or upstream has ended.</summary>
    internal void Pull()
    {
        if (HasBeenPulled || InClosed || _outClosed)
        {
            return;
        }

        HasBeenPulled = true;
        _pullSignalled = true;
        Queue();
    }

    /// <summary>Wants no more elements; the cause is null unless a failure is why.</summary>
    internal void Cancel(Exception? cause)
    {
        if (InClosed)
        {
            return;
        }

        InClosed = true;
        _element = default;
        _downstream!.PortClosed();
        if (!_outClosed)
        {
            _cancelSignalled = true;
            _cancelCause = cause;
            Queue();
        }
    }

    // The upstream stage's end.

    /// <summary>Downstream's wish has reached upstream and has not been answered.</summary>
    internal bool IsAvailable { get; private set; }

    /// <summary>Sends the element that was asked for. After downstream has cancelled, it goes nowhere.</summary>
    internal void Push(T element)
    {
        if (element is null)
        {
            throw NullElement();
        }

        if (_outClosed || InClosed)
        {
            return;
        }

        if (!IsAvailable)
        {
            throw new InvalidOperationException($"{upstream} pushed an element that was not asked for.");
        }

        IsAvailable = false;
        _element = element;
        _pushSignalled = true;
        Queue();
    }

    /// <summary>Ends the connection, after the element under way; null means successfully.</summary>
    internal void Finish(Exception? failure)
    {
        if (_outClosed)
        {
            return;
        }

        _outClosed = true;
        IsAvailable = false;
        upstream.PortClosed();
        if (!InClosed)
        {
            _failure = failure;
            _finishSignalled = true;
            Queue();
        }
    }

    internal static ArgumentNullException NullElement() => new("element", "Element must not be null, rule 2.13");

    private protected override void DeliverNext()
    {
        if (InClosed)
        {
            DeliverCancel();
        }
        else if (_pushSignalled)
        {
            DeliverPush();
        }
        else if (_finishSignalled)
        {
            DeliverFinish();
        }
        else if (_pullSignalled && !_outClosed)
        {
            _pullSignalled = false;
            IsAvailable = true;
            Running = upstream;
            upstream.OnPull();
        }
    }

    private void DeliverCancel()
    {
        if (_cancelSignalled && !_outClosed)
        {
            _cancelSignalled = false;
            _outClosed = true;
            IsAvailable = false;
            Running = upstream;
            upstream.PortClosed();
            upstream.OnDownstreamFinish(_cancelCause);
        }
    }

    private void DeliverPush()
    {
        var element = _element!;
        _element = default;
        _pushSignalled = false;
        _pullSignalled = false;
        HasBeenPulled = false;
        if (_finishSignalled)
        {
            Queue();
        }

        Running = _downstream;
        _downstream!.OnPush(element);
    }

    private void DeliverFinish()
    {
        _finishSignalled = false;
        InClosed = true;
        Running = _downstream;
        _downstream!.PortClosed();
        if (_failure is null)
        {
            _downstream.OnUpstreamFinish();
        }
        else
        {
            _downstream.OnUpstreamFailure(_failure);
        }
    }
}
