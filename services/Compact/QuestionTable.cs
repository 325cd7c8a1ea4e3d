using System.Runtime.InteropServices;
using StreamDistill.Pipeline;

namespace StreamDistill.Compact;

/// <summary>The examples of every question as the rules see them, on disk: there may be more questions than memory holds.</summary>
internal sealed class QuestionTable : IDisposable
{
    private readonly ScratchTable table = new();

    /// <summary>How many questions have an example.</summary>
    public long Count => table.Count;

    /// <summary>A question's examples; none where it is not known.</summary>
    public RankedExample[] Of(UInt128 question) => table.Find(question) is { } bytes ? MemoryMarshal.Cast<byte, RankedExample>(bytes).ToArray() : [];

    /// <summary>Says what a question's examples are now.</summary>
    public void Set(UInt128 question, RankedExample[] examples)
    {
        if (examples.Length == 0)
        {
            table.Remove(question);
            return;
        }

        var bytes = MemoryMarshal.AsBytes<RankedExample>(examples).ToArray();
        if (!table.TryAdd(question, bytes))
        {
            table.Replace(question, bytes);
        }
    }

    /// <inheritdoc />
    public void Dispose() => table.Dispose();
}
