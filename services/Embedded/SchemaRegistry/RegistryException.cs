using StreamDistill.Contracts;

namespace StreamDistill.Embedded.SchemaRegistry;

/// <summary>The registry refuses a request. The error codes are those of Confluent's registry; its HTTP status is the code's first three digits.</summary>
internal class RegistryException(int errorCode, string message) : StreamDistillException(message)
{
    public int ErrorCode { get; } = errorCode;

    public int Status => ErrorCode < 1000 ? ErrorCode : ErrorCode / 100;
}
