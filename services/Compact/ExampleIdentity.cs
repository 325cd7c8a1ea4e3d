using streamdistill;
using StreamDistill.Contracts;

namespace StreamDistill.Compact;

/// <summary>What makes two examples the same question, or the same content: functions of their normalised text.</summary>
/// <param name="TextKey">Of the messages: the same for every tenant.</param>
/// <param name="Question">Of tenant and messages: the question that examples compete for. Tenants never compete.</param>
/// <param name="ContentHash">Of messages, reasoning and answer.</param>
/// <param name="LengthChars">UTF-16 units of reasoning and answer together, normalised.</param>
internal readonly record struct ExampleIdentity(string TextKey, UInt128 Question, string ContentHash, int LengthChars)
{
    /// <summary>An empty reasoning is the same as none.</summary>
    public static ExampleIdentity Of(string tenant, IList<Message> messages, string? reasoning, string answer)
    {
        var parts = new string[messages.Count * 2];
        for (var i = 0; i < messages.Count; i++)
        {
            parts[2 * i] = NormalisedText.Of(messages[i].Role);
            parts[(2 * i) + 1] = NormalisedText.Of(messages[i].Content);
        }

        var textKey = StableId.Of(parts);
        var trace = string.IsNullOrWhiteSpace(reasoning) ? null : NormalisedText.Of(reasoning);
        var final = NormalisedText.Of(answer);
        return new(
            textKey,
            StableId.Bits(StableId.Of(tenant, textKey)),
            StableId.Of(textKey, trace, final),
            (trace?.Length ?? 0) + final.Length);
    }
}
