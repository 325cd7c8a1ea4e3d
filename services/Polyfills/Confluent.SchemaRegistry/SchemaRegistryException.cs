using System.Net;

namespace Confluent.SchemaRegistry;

/// <summary>The registry answered a request with an error that trying again will not cure.</summary>
public class SchemaRegistryException : HttpRequestException
{
    /// <summary>An error as the registry told it.</summary>
    public SchemaRegistryException(string message, HttpStatusCode status, int errorCode)
        : base(message + "; error code: " + errorCode)
    {
        ErrorCode = errorCode;
        Status = status;
    }

    /// <summary>The registry's error code, for example 40401 for an unknown subject; -1 when it gave none.</summary>
    public int ErrorCode { get; }

    /// <summary>The HTTP status.</summary>
    public HttpStatusCode Status { get; }
}
