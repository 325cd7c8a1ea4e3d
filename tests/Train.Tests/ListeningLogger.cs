using Microsoft.Extensions.Logging;

namespace StreamDistill.Train.Tests;

/// <summary>Hands every line to whoever listens.</summary>
internal sealed class ListeningLogger<T>(Action<string> listen) : ILogger<T>
{
    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        listen(formatter(state, exception));
}
