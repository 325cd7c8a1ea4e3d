using StreamDistill.Contracts;

namespace StreamDistill.Teach.Recorded;

/// <summary>A line of a recording cannot be used.</summary>
internal sealed class RecordingException(string message, Exception? innerException = null)
    : StreamDistillException(message, isTransient: false, innerException);
