using StreamDistill.Embedded.Broker.Handlers;
using StreamDistill.Embedded.Broker.Network;
using StreamDistill.Embedded.Broker.Protocol;

namespace StreamDistill.Embedded.Tests.Broker.Handlers;

/// <summary>Calls a handler as the dispatcher does, from broker.test:9092.</summary>
internal static class HandlerCall
{
    /// <summary>The answer's body.</summary>
    public static KafkaReader Call(this Handler handler, int version, Action<KafkaWriter> body)
    {
        var task = handler.CallAsync(version, body);
        Assert.True(task.IsCompletedSuccessfully);
        return task.Result;
    }

    /// <summary>The answer's body, of a handler that may have to wait.</summary>
    public static async Task<KafkaReader> CallAsync(this Handler handler, int version, Action<KafkaWriter> body)
    {
        Assert.InRange(version, handler.MinVersion, handler.MaxVersion);
        var isFlexible = version >= handler.FlexibleFrom;
        var written = new KafkaWriter(isFlexible);
        body(written);
        var answer = new KafkaWriter(isFlexible);
        var request = new Request(handler.Key, (short)version, "test", "/127.0.0.1", new KafkaReader(written.Written, isFlexible))
        {
            Connection = new ConnectionState("/127.0.0.1", new BrokerAddress("broker.test", 9092)),
        };
        Assert.True(await handler.HandleAsync(request, answer, CancellationToken.None));
        Assert.Equal(0, request.Body.Remaining);
        return new KafkaReader(answer.Written, isFlexible);
    }

    /// <summary>Reads the tags that end a structure, which are none.</summary>
    public static void ReadNoTags(this KafkaReader reader)
    {
        if (reader.IsFlexible)
        {
            Assert.Equal(0u, reader.ReadUnsignedVarint());
        }
    }

    public static ErrorCode ReadError(this KafkaReader reader) => (ErrorCode)reader.ReadInt16();

    /// <summary>Reads the answer's own tags; nothing may follow.</summary>
    public static void ReadEnd(this KafkaReader reader)
    {
        reader.ReadNoTags();
        Assert.Equal(0, reader.Remaining);
    }
}
