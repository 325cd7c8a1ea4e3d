using StreamDistill.Contracts;

namespace StreamDistill.Pipeline;

/// <summary>A setting is wrong. The message names the key, the value and what is allowed; the process ends with exit code 2.</summary>
public sealed class ConfigurationException : StreamDistillException
{
    /// <param name="message">The key, the value, and what is allowed.</param>
    /// <param name="innerException">The cause, where there is one.</param>
    public ConfigurationException(string message, Exception? innerException = null)
        : base(message, isTransient: false, innerException)
    {
    }
}
