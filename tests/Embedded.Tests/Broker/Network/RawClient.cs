using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using StreamDistill.Embedded.Broker.Protocol;

namespace StreamDistill.Embedded.Tests.Broker.Network;

/// <summary>Sends frames to a broker, well formed or not.</summary>
internal sealed class RawClient : IDisposable
{
    private readonly TcpClient client = new() { NoDelay = true };
    private Stream stream = Stream.Null;

    public static async Task<RawClient> ConnectAsync(IPEndPoint address)
    {
        var client = new RawClient();
        await client.client.ConnectAsync(address, TestContext.Current.CancellationToken);
        client.stream = client.client.GetStream();
        return client;
    }

    /// <summary>A request's frame, its size included.</summary>
    public static byte[] Frame(short key, short version, int correlation, Action<KafkaWriter>? body = null, bool isFlexible = false)
    {
        using var writer = new KafkaWriter(isFlexible: false);
        writer.WriteInt32(0);
        writer.WriteInt16(key);
        writer.WriteInt16(version);
        writer.WriteInt32(correlation);
        writer.WriteString("raw");
        writer.IsFlexible = isFlexible;
        writer.WriteNoTags();
        body?.Invoke(writer);
        writer.PatchInt32(0, writer.Length - sizeof(int));
        return writer.Written.ToArray();
    }

    public Task SendAsync(byte[] bytes) => stream.WriteAsync(bytes, TestContext.Current.CancellationToken).AsTask();

    /// <summary>The next answer without its size; null where the broker closed the connection.</summary>
    public async Task<byte[]?> ReceiveAsync()
    {
        var size = new byte[sizeof(int)];
        try
        {
            if (await stream.ReadAtLeastAsync(size, size.Length, throwOnEndOfStream: false, TestContext.Current.CancellationToken) == 0)
            {
                return null;
            }

            var answer = new byte[BinaryPrimitives.ReadInt32BigEndian(size)];
            await stream.ReadExactlyAsync(answer, TestContext.Current.CancellationToken);
            return answer;
        }
        catch (IOException)
        {
            return null;
        }
    }

    public void Dispose() => client.Dispose();
}
