namespace StreamDistill.Serve;

/// <summary>The student that new requests go to, and the one place where it is exchanged.</summary>
internal sealed class StudentSlot : IDisposable
{
    /// <summary>Its name in the health report.</summary>
    public const string HealthPart = "student";

    private readonly Lock exchange = new();
    private ServedStudent? current;

    /// <summary>Whether there is one.</summary>
    public bool HasStudent => Volatile.Read(ref current) is not null;

    /// <summary>The student, with a reference that the caller gives back; null while there is none.</summary>
    public ServedStudent? Acquire()
    {
        lock (exchange)
        {
            current?.Acquire();
            return current;
        }
    }

    /// <summary>New requests go to this one from now on; requests that hold the previous one finish on it.</summary>
    public void Replace(ServedStudent? next)
    {
        ServedStudent? previous;
        lock (exchange)
        {
            (previous, current) = (current, next);
        }

        previous?.Release();
    }

    /// <inheritdoc/>
    public void Dispose() => Replace(null);
}
