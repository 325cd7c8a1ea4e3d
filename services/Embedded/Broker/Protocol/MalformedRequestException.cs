namespace StreamDistill.Embedded.Broker.Protocol;

/// <summary>The bytes are not the request they claim to be. It closes the connection that sent them, and nothing else.</summary>
internal sealed class MalformedRequestException(string message) : Exception(message);
