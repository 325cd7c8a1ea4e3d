namespace Akka.Actor;

/// <summary>What streams can be run in: here, only an <see cref="ActorSystem"/>.</summary>
public interface IActorRefFactory
{
}
