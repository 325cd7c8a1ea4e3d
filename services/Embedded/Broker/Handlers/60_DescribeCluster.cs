using StreamDistill.Embedded.Broker.Catalog;
using StreamDistill.Embedded.Broker.Protocol;

namespace StreamDistill.Embedded.Broker.Handlers;

/// <summary>
/// DescribeCluster, versions 0 and 1: the one broker, which is its own controller. There is no authorization: authorized
/// operations are always unknown.
/// </summary>
internal sealed class DescribeClusterHandler(TopicCatalog catalog) : Handler(ApiKey.DescribeCluster, 0, 1, 0)
{
    private const sbyte Brokers = 1;
    private const sbyte Controllers = 2;

    public override ValueTask<bool> HandleAsync(Request request, KafkaWriter response, CancellationToken cancellationToken)
    {
        request.Body.ReadBoolean();
        var endpoints = request.Version >= 1 ? request.Body.ReadInt8() : Brokers;
        request.Body.SkipTags();

        var (error, message) = endpoints switch
        {
            Brokers => (ErrorCode.None, null),
            Controllers => (ErrorCode.MismatchedEndpointType, "This is a broker's endpoint; there are no controllers' endpoints."),
            _ => (ErrorCode.UnsupportedEndpointType, $"The endpoint type {endpoints} is not known: 1 is for brokers."),
        };
        response.WriteInt32(0);
        response.WriteError(error);
        response.WriteString(message);
        if (request.Version >= 1)
        {
            response.WriteInt8(Brokers);
        }

        response.WriteString(catalog.ClusterId);
        response.WriteInt32(TopicCatalog.NodeId);
        response.WriteArrayLength(error == ErrorCode.None ? 1 : 0);
        if (error == ErrorCode.None)
        {
            Node.Write(response, request.Connection.Advertised, hasRack: true);
        }

        response.WriteInt32(int.MinValue);
        response.WriteNoTags();
        return ValueTask.FromResult(true);
    }
}
