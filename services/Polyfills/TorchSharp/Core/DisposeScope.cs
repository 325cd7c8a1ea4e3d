namespace TorchSharp;

/// <summary>
/// Disposes, when it is disposed, of all tensors made on its thread while it was the innermost scope and not moved out of it.
/// </summary>
public sealed class DisposeScope : IDisposable
{
    [ThreadStatic]
    private static DisposeScope? s_current;

    private readonly DisposeScope? _outer;
    private HashSet<IDisposable> _disposables = new(ReferenceEqualityComparer.Instance);
    private bool _disposed;

    private DisposeScope(DisposeScope? outer) => _outer = outer;

    internal static DisposeScope? Current => s_current;

    internal static DisposeScope Open() => s_current = new DisposeScope(s_current);

    /// <summary>How many it holds.</summary>
    public int DisposablesCount => Live()._disposables.Count;

    /// <summary>What it holds now.</summary>
    public IReadOnlyList<IDisposable> DisposablesView => [.. Live()._disposables];

    /// <summary>Does it hold this one?</summary>
    public bool Contains(IDisposable disposable) => _disposables.Contains(disposable);

    internal void Register(torch.Tensor tensor) => _disposables.Add(tensor);

    /// <summary>Hands one over to the scope outside this one, if any.</summary>
    /// <returns>The same one.</returns>
    public T MoveToOuter<T>(T disposable)
        where T : IDisposable
    {
        MoveToOuter((IEnumerable<IDisposable>)[disposable]);
        return disposable;
    }

    /// <summary>Hands some over to the scope outside this one, if any.</summary>
    public void MoveToOuter(params IDisposable[] disposables) => MoveToOuter((IEnumerable<IDisposable>)disposables);

    /// <summary>Hands some over to the scope outside this one, if any.</summary>
    public void MoveToOuter(IEnumerable<IDisposable> disposables) => MoveToOther(_outer, disposables);

    /// <summary>Hands some over to another scope; to none, if it is null.</summary>
    public void MoveToOther(DisposeScope? scope, IEnumerable<IDisposable> disposables)
    {
        Live();
        foreach (var disposable in disposables)
        {
            if (_disposables.Remove(disposable))
                Own(disposable, scope);
        }
    }

    /// <summary>Takes one out of all scopes: its caller disposes of it.</summary>
    /// <returns>The same one.</returns>
    public T Detach<T>(T disposable)
        where T : IDisposable
    {
        Detach((IEnumerable<IDisposable>)[disposable]);
        return disposable;
    }

    /// <summary>Takes some out of all scopes: their caller disposes of them.</summary>
    public void Detach(params IDisposable[] disposables) => Detach((IEnumerable<IDisposable>)disposables);

    /// <summary>Takes some out of all scopes: their caller disposes of them.</summary>
    public void Detach(IEnumerable<IDisposable> disposables) => MoveToOther(null, disposables);

    /// <summary>Takes a tensor, from the scope that holds it if any.</summary>
    /// <exception cref="InvalidOperationException">It is not a tensor.</exception>
    public void Attach(IDisposable disposable)
    {
        Live();
        if (disposable is not torch.Tensor tensor)
            throw new InvalidOperationException("DisposeScope can only manage Tensor or PackedSequence");
        tensor.OwningDisposeScope?._disposables.Remove(tensor);
        Own(tensor, this);
    }

    /// <summary>Disposes of all it holds.</summary>
    public void DisposeEverything() => DisposeEverythingBut();

    /// <summary>Disposes of all it holds but these, which it goes on holding.</summary>
    public void DisposeEverythingBut(params IDisposable[] keep) => DisposeEverythingBut((IEnumerable<IDisposable>)keep);

    /// <summary>Disposes of all it holds but these, which it goes on holding.</summary>
    public void DisposeEverythingBut(IEnumerable<IDisposable> inKeep)
    {
        Live();
        var held = _disposables;
        _disposables = new HashSet<IDisposable>(inKeep, ReferenceEqualityComparer.Instance);
        foreach (var disposable in held)
        {
            if (!_disposables.Contains(disposable))
                disposable.Dispose();
        }
    }

    /// <summary>Forgets one that its caller has disposed of.</summary>
    public void MarkAsDisposed(IDisposable disposable)
    {
        Live()._disposables.Remove(disposable);
        if (disposable is torch.Tensor tensor)
            tensor.OwningDisposeScope = null;
    }

    /// <summary>Disposes of all it holds; the scope outside becomes the innermost one again.</summary>
    public void Dispose()
    {
        if (_disposed)
            return;
        DisposeEverything();
        _disposed = true;
        if (ReferenceEquals(s_current, this))
            s_current = _outer;
        while (s_current is { _disposed: true })
            s_current = s_current._outer;
    }

    private static void Own(IDisposable disposable, DisposeScope? scope)
    {
        if (disposable is torch.Tensor tensor)
            tensor.OwningDisposeScope = scope;
        scope?._disposables.Add(disposable);
    }

    private DisposeScope Live()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        return this;
    }
}

public static partial class torch
{
    /// <summary>Opens a scope: it becomes the innermost one of this thread until it is disposed.</summary>
    public static DisposeScope NewDisposeScope() => DisposeScope.Open();

    /// <summary>The innermost scope of this thread; null if there is none.</summary>
    public static DisposeScope? CurrentDisposeScope => DisposeScope.Current;
}
