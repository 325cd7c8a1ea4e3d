namespace StreamDistill.Embedded.SchemaRegistry.Storage;

/// <summary>Where the registry's changes are kept. One call at a time.</summary>
internal interface IChangeLog : IAsyncDisposable
{
    /// <summary>
    /// Reads everything that is kept, and settles for each earlier write whether it is. Comes before the first write, and
    /// again after each that failed.
    /// </summary>
    /// <exception cref="StoreException">It cannot be read now.</exception>
    Task<SubjectStore> OpenAsync(CancellationToken cancellationToken);

    /// <summary>Returns when the changes are kept, all of them.</summary>
    /// <exception cref="SupersededException">Another registry writes to it now; nothing was kept.</exception>
    /// <exception cref="StoreException">None or all of them are kept; opening it again settles which.</exception>
    Task WriteAsync(IReadOnlyList<Change> changes);
}

/// <summary>Keeps nothing: the registry's state lasts as long as the process.</summary>
internal sealed class NoChangeLog : IChangeLog
{
    public Task<SubjectStore> OpenAsync(CancellationToken cancellationToken) => Task.FromResult(new SubjectStore());

    public Task WriteAsync(IReadOnlyList<Change> changes) => Task.CompletedTask;

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
