namespace StreamDistill.Embedded.Broker.Network;

/// <summary>What a connection is doing.</summary>
internal enum ConnectionPhase
{
    /// <summary>It waits for the first byte of a request.</summary>
    Idle,

    /// <summary>Part of a request, or of a TLS handshake, is there.</summary>
    Receiving,

    /// <summary>A request is being handled, or waits for memory.</summary>
    Handling,

    /// <summary>An answer is on its way.</summary>
    Sending,
}

/// <summary>How long a connection has been doing what it does. One timer of the listener looks at all of them.</summary>
internal sealed class ConnectionClock(TimeProvider time)
{
    private long since = time.GetTimestamp();
    private volatile ConnectionPhase phase = ConnectionPhase.Receiving;

    public ConnectionPhase Phase => phase;

    /// <summary>Since it entered the phase, or last got on with it.</summary>
    public TimeSpan Elapsed => time.GetElapsedTime(Interlocked.Read(ref since));

    public void Enter(ConnectionPhase next)
    {
        Interlocked.Exchange(ref since, time.GetTimestamp());
        phase = next;
    }
}
