using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;

namespace StreamDistill.Embedded.Broker.Network;

/// <summary>Accepts connections and ends those that take too long.</summary>
internal sealed class Listener : IAsyncDisposable
{
    private const int Backlog = 512;
    private static readonly TimeSpan SweepInterval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(5);

    private readonly Socket socket;
    private readonly ListenerOptions options;
    private readonly RequestDispatcher dispatcher;
    private readonly BrokerMemory memory;
    private readonly TimeProvider time;
    private readonly ILogger logger;
    private readonly ConcurrentDictionary<Connection, Task> connections = new();
    private readonly ITimer sweeping;
    private readonly Task accepting;
    private volatile bool isStopping;

    private Listener(Socket socket, ListenerOptions options, RequestDispatcher dispatcher, BrokerMemory memory, TimeProvider time, ILogger logger)
    {
        (this.socket, this.options, this.dispatcher, this.memory, this.time, this.logger) = (socket, options, dispatcher, memory, time, logger);
        Endpoint = (IPEndPoint)socket.LocalEndPoint!;
        sweeping = time.CreateTimer(_ => Sweep(), null, SweepInterval, SweepInterval);
        accepting = AcceptAsync();
    }

    /// <summary>The address listened on.</summary>
    public IPEndPoint Endpoint { get; }

    /// <exception cref="SocketException">The address is in use or not allowed.</exception>
    public static Listener Start(ListenerOptions options, RequestDispatcher dispatcher, BrokerMemory memory, TimeProvider time, ILogger logger)
    {
        var socket = new Socket(options.Address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Bind(options.Address);
            socket.Listen(Backlog);
            return new Listener(socket, options, dispatcher, memory, time, logger);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Accepts no more, lets the requests in progress finish, and closes every connection.</summary>
    public async ValueTask DisposeAsync()
    {
        isStopping = true;
        socket.Dispose();
        await sweeping.DisposeAsync().ConfigureAwait(false);
        await accepting.ConfigureAwait(false);
        var serving = connections.ToArray();
        foreach (var (connection, _) in serving)
        {
            connection.Stop();
        }

        var all = Task.WhenAll(serving.Select(each => each.Value));
        if (await Task.WhenAny(all, Task.Delay(StopTimeout, time)).ConfigureAwait(false) != all)
        {
            foreach (var (connection, _) in serving)
            {
                connection.Abort();
            }
        }

        await all.ConfigureAwait(false);
    }

    private async Task AcceptAsync()
    {
        while (!isStopping)
        {
            try
            {
                Serve(await socket.AcceptAsync().ConfigureAwait(false));
            }
            catch (Exception e) when (isStopping && e is SocketException or ObjectDisposedException)
            {
                return;
            }
            catch (SocketException e)
            {
                // A client that gave up, or no file descriptor left: the others must still be served.
                logger.LogWarning("A connection could not be accepted: {Reason}", e.Message);
                await Task.Delay(TimeSpan.FromMilliseconds(100), time).ConfigureAwait(false);
            }
        }
    }

    private void Serve(Socket client)
    {
        if (connections.Count >= options.ConnectionsMax)
        {
            logger.LogWarning("The connection from {Client} is closed: there are {Count} already.", client.RemoteEndPoint, options.ConnectionsMax);
            client.Dispose();
            return;
        }

        client.NoDelay = true;
        var connection = new Connection(client, options, dispatcher, memory, time, logger);
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        connections[connection] = done.Task;
        _ = ServeAsync(connection, done);
    }

    private async Task ServeAsync(Connection connection, TaskCompletionSource done)
    {
        await Task.Yield();
        await connection.RunAsync().ConfigureAwait(false);
        connections.TryRemove(connection, out _);
        done.SetResult();
    }

    private void Sweep()
    {
        foreach (var connection in connections.Keys)
        {
            connection.CheckDeadline();
        }
    }
}
