using System.Threading.Channels;

namespace Akka.Streams.Internal;

internal sealed class SingleStage<T>(Island island, T element) : SourceStage<T>(island)
{
    internal override void OnPull()
    {
        Out.Push(element);
        CompleteStage();
    }
}

/// <summary>Ends at once: successfully, or with the failure.</summary>
internal sealed class EndedStage<T>(Island island, Exception? failure) : SourceStage<T>(island)
{
    internal override void PreStart() => Out.Finish(failure);
}

/// <summary>Takes an element from the channel for each one that downstream asks for, and none after downstream has cancelled.</summary>
internal sealed class ChannelStage<T> : SourceStage<T>
{
    private readonly ChannelReader<T> _reader;
    private readonly CancellationTokenSource _stopped = new();
    private readonly Action _waitOver;
    private readonly Action _readPushOrWait;
    private ValueTask<bool> _wait;

    internal ChannelStage(Island island, ChannelReader<T> reader) : base(island)
    {
        _reader = reader;
        _readPushOrWait = FinishWait;
        _waitOver = () => RunInIsland(_readPushOrWait);
    }

    // The end of the channel ends the stream even while downstream asks for nothing.
    internal override void PreStart() => _reader.Completion.ContinueWith(
        _ => RunInIsland(FinishWithChannel), _stopped.Token, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);

    internal override void PostStop()
    {
        _stopped.Cancel();
        _stopped.Dispose();
    }

    internal override void OnPull()
    {
        while (true)
        {
            if (_reader.TryRead(out var element))
            {
                Out.Push(element);
                return;
            }

            var wait = _reader.WaitToReadAsync();
            if (!wait.IsCompletedSuccessfully)
            {
                _wait = wait;
                wait.ConfigureAwait(false).GetAwaiter().UnsafeOnCompleted(_waitOver);
                return;
            }

            if (!wait.Result)
            {
                FinishWithChannel();
                return;
            }
        }
    }

    private void FinishWait()
    {
        try
        {
            if (!_wait.Result)
            {
                FinishWithChannel();
                return;
            }
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            FailStage(new AggregateException(failure));
            return;
        }

        OnPull();
    }

    private void FinishWithChannel()
    {
        var completion = _reader.Completion;
        if (completion.IsFaulted)
        {
            FailStage(completion.Exception);
        }
        else if (completion.IsCanceled)
        {
            FailStage(new TaskCanceledException(completion));
        }
        else
        {
            CompleteStage();
        }
    }
}
