using System.Diagnostics.CodeAnalysis;
using streamdistill;

namespace StreamDistill.Teach.OpenAi;

/// <summary>
/// Answers by completion_id, the oldest forgotten first. When a transaction is aborted, its prompts are read again and
/// their completions must be written again; an answer found here is not paid for twice.
/// </summary>
internal sealed class PaidAnswers(long bytesMax)
{
    private readonly Lock gate = new();
    private readonly Dictionary<string, Completion> byId = [];
    private readonly Queue<(string Id, long Bytes)> byAge = [];
    private long bytes;

    /// <summary>The answer, where it is still known.</summary>
    public bool TryGet(string completionId, [NotNullWhen(true)] out Completion? completion)
    {
        lock (gate)
        {
            return byId.TryGetValue(completionId, out completion);
        }
    }

    /// <summary>Remembers an answer, and forgets old ones until all fit.</summary>
    public void Add(Completion completion)
    {
        lock (gate)
        {
            if (!byId.TryAdd(completion.CompletionId, completion))
            {
                return;
            }

            var size = SizeOf(completion);
            byAge.Enqueue((completion.CompletionId, size));
            bytes += size;
            while (bytes > bytesMax)
            {
                var oldest = byAge.Dequeue();
                byId.Remove(oldest.Id);
                bytes -= oldest.Bytes;
            }
        }
    }

    /// <summary>Strings have two bytes a character; the rest is what the objects around them take, rounded up.</summary>
    private static long SizeOf(Completion completion) =>
        1024
        + (2L * (completion.Answer.Length + (completion.Reasoning?.Length ?? 0) + completion.Prompt.Messages.Sum(message => message.Content.Length)))
        + (completion.SoftLabels?.Sum(label => 128L + (96L * label.Top.Count)) ?? 0);
}
