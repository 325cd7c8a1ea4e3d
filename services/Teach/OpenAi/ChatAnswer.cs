using streamdistill;

namespace StreamDistill.Teach.OpenAi;

/// <summary>One request: samples of a prompt, all made by the same call.</summary>
/// <param name="Prompt">What to ask.</param>
/// <param name="FirstIndex">The sample_index of the first; decides the seed.</param>
/// <param name="Count">How many.</param>
internal sealed record ChatCall(Prompt Prompt, int FirstIndex, int Count)
{
    /// <summary>The prompt's text in UTF-8 with a few bytes for each message's template: no tokenizer makes more tokens of it.</summary>
    public long PromptTokensMax { get; } = Prompt.Messages.Sum(message => 8L + System.Text.Encoding.UTF8.GetByteCount(message.Content));

    /// <summary>The prompt's tokens as they usually come out, four bytes each.</summary>
    public long PromptTokensGuess => PromptTokensMax / 4;

    /// <summary>A seed of its own for each sample and attempt; null where the prompt leaves it to the teacher.</summary>
    public long? Seed => unchecked(Prompt.Sampling.Seed + ((Prompt.Attempt - 1L) * Prompt.Sampling.N) + FirstIndex);
}

/// <summary>What the endpoint answered to one request.</summary>
/// <param name="Choices">At least one, at most as many as were asked for, whole ones only.</param>
/// <param name="Usage">Of all choices together; null where the endpoint does not tell.</param>
/// <param name="Revision">The model's revision as the endpoint names it.</param>
/// <param name="Latency">From sending the request to the end of the response.</param>
internal sealed record ChatAnswer(IReadOnlyList<ChatSample> Choices, ChatUsage? Usage, string? Revision, TimeSpan Latency);

/// <summary>One choice.</summary>
internal sealed record ChatSample(string? Reasoning, string Answer, string FinishReason, IList<SoftLabel>? SoftLabels, TimeSpan? FirstToken)
{
    /// <summary>Rough size in memory, and the weight by which a call's usage is shared out.</summary>
    public long Length => 1L + Answer.Length + (Reasoning?.Length ?? 0);
}
