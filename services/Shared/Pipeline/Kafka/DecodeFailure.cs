using System.Net;
using Confluent.Kafka;
using Confluent.SchemaRegistry;

namespace StreamDistill.Pipeline;

/// <summary>Tells apart why a record could not be decoded.</summary>
public static class DecodeFailure
{
    /// <summary>Whether the registry was the trouble, not the bytes: decoding them again later may succeed. An unknown schema id (404) is the bytes'.</summary>
    public static bool IsPassing(Exception exception) => exception switch
    {
        SchemaRegistryException e => e.Status != HttpStatusCode.NotFound,
        HttpRequestException or OperationCanceledException => true,
        KafkaException { InnerException: { } inner } => IsPassing(inner),
        AggregateException { InnerException: { } inner } => IsPassing(inner),
        _ => false,
    };
}
