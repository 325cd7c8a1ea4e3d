using System.Text.RegularExpressions;
using Akka.Streams;
using Akka.Streams.Internal;

namespace Akka.Actor;

/// <summary>Owns the streams that were materialised in it; terminating it stops them all.</summary>
public abstract class ActorSystem : IActorRefFactory, IDisposable
{
    internal ActorSystem()
    {
    }

    /// <summary>The name given at creation.</summary>
    public abstract string Name { get; }

    /// <summary>Completes when the system has terminated and every stream in it has stopped.</summary>
    public abstract Task WhenTerminated { get; }

    internal abstract ActorMaterializer DefaultMaterializer { get; }

    /// <summary>Returns a running system. The name may hold letters, digits and, not in front, hyphens and underscores.</summary>
    /// <exception cref="ArgumentException">The name holds anything else.</exception>
    public static ActorSystem Create(string name) => new LocalActorSystem(name);

    /// <summary>Stops every running stream abruptly. Returns <see cref="WhenTerminated"/>; calling it again changes nothing.</summary>
    public abstract Task Terminate();

    /// <summary>Terminates the system and blocks until it has terminated.</summary>
    public void Dispose()
    {
        Terminate().Wait();
        GC.SuppressFinalize(this);
    }
}

internal sealed partial class LocalActorSystem : ActorSystem
{
    private readonly IslandMaterializer _materializer;
    private readonly Lazy<Task> _termination;
    private readonly TaskCompletionSource _terminated = new(TaskCreationOptions.RunContinuationsAsynchronously);

    internal LocalActorSystem(string name)
    {
        if (!ValidName().IsMatch(name))
        {
            throw new ArgumentException(
                $"Invalid ActorSystem name [{name}], must contain only word characters (i.e. [a-zA-Z0-9] plus non-leading '-' and '_')",
                nameof(name));
        }

        Name = name;
        _materializer = new IslandMaterializer(this);
        _termination = new Lazy<Task>(StopStreams);
    }

    public override string Name { get; }

    public override Task WhenTerminated => _terminated.Task;

    internal override ActorMaterializer DefaultMaterializer => _materializer;

    public override Task Terminate() => _termination.Value;

    private Task StopStreams()
    {
        _materializer.Shutdown();
        _materializer.WhenStopped.ContinueWith(
            _ => _terminated.SetResult(), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        return _terminated.Task;
    }

    [GeneratedRegex("^[a-zA-Z0-9][a-zA-Z0-9_-]*$")]
    private static partial Regex ValidName();
}
