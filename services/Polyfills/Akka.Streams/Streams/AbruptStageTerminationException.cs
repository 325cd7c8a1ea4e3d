namespace Akka.Streams;

/// <summary>A materialised task's stream was stopped by the end of its materializer or actor system.</summary>
public sealed class AbruptStageTerminationException : Exception
{
    internal AbruptStageTerminationException(string stage)
        : base($"GraphStage {stage} terminated abruptly, caused by for example materializer or actor system termination.")
    {
    }
}
