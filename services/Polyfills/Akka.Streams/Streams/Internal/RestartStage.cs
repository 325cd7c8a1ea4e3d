namespace Akka.Streams.Internal;

/// <summary>Runs a source in the same island and passes its elements on; when it ends, waits and runs it anew.</summary>
internal sealed class RestartStage<T, TMat>(
    Island island, Func<ISourceGraph<T, TMat>> sourceFactory, RestartSettings settings, bool onlyOnFailures) : SourceStage<T>(island)
{
    private InnerSink? _inner;
    private Timer? _timer;
    private int _restarts;
    private long _startedAt = Environment.TickCount64;

    internal override void PreStart() => StartSource();

    internal override void PostStop() => _timer?.Dispose();

    internal override void OnPull() => _inner?.Pull();

    internal override void OnDownstreamFinish(Exception? cause) => _inner?.Cancel(cause);

    internal override void FailStage(Exception failure)
    {
        Out.Finish(failure);
        _inner?.Cancel(failure);
    }

    private void StartSource()
    {
        sourceFactory().Build(Island, out var output);
        _inner = new InnerSink(Island, output, this);
        _startedAt = Environment.TickCount64;
        if (Out.IsAvailable)
        {
            _inner.Pull();
        }
    }

    private void InnerFinished(Exception? failure)
    {
        if (RestartsUsedUp() || (failure is null && onlyOnFailures))
        {
            Out.Finish(failure);
            return;
        }

        _inner = null;
        _timer?.Dispose();
        _timer = new Timer(_ => RunInIsland(StartSource), null, NextDelay(), Timeout.InfiniteTimeSpan);
        _restarts++;
    }

    private bool RestartsUsedUp()
    {
        if (Environment.TickCount64 - _startedAt > settings.MaxRestartsWithin.TotalMilliseconds)
        {
            _restarts = 0;
        }

        return _restarts == settings.MaxRestarts;
    }

    private TimeSpan NextDelay()
    {
        var backoff = Math.Min(settings.MaxBackoff.TotalMilliseconds, settings.MinBackoff.TotalMilliseconds * Math.Pow(2, _restarts));
        return TimeSpan.FromMilliseconds(backoff * (1 + (Random.Shared.NextDouble() * settings.RandomFactor)));
    }

    private sealed class InnerSink(Island island, Connection<T> input, RestartStage<T, TMat> outer) : SinkStage<T>(island, input)
    {
        internal void Pull() => In.Pull();

        internal void Cancel(Exception? cause) => In.Cancel(cause);

        internal override void PreStart()
        {
        }

        internal override void OnPush(T element) => outer.Out.Push(element);

        internal override void OnUpstreamFinish() => outer.InnerFinished(null);

        internal override void OnUpstreamFailure(Exception failure) => outer.InnerFinished(failure);

        internal override void FailStage(Exception failure) => outer.FailStage(failure);
    }
}
