namespace StreamDistill.Teach.OpenAi;

/// <summary>What tokens cost. A price per million tokens is a price in micro-units per token.</summary>
internal sealed class Prices(TeachOptions options)
{
    /// <summary>The price of what was used; nothing where the endpoint does not tell.</summary>
    public Bill Of(ChatUsage? usage) => usage is null ? default : new(
        CostOf(usage.PromptTokens ?? 0, usage.CachedTokens, usage.CompletionTokens ?? 0),
        (usage.PromptTokens ?? 0) + (usage.CompletionTokens ?? 0));

    /// <summary>The most that the call can cost if the endpoint honours max_tokens.</summary>
    public Bill MostOf(ChatCall call)
    {
        var completion = (long)call.Count * call.Prompt.Sampling.MaxTokens;
        return new(CostOf(call.PromptTokensMax, cached: 0, completion), call.PromptTokensMax + completion);
    }

    private long CostOf(long prompt, long cached, long completion)
    {
        var cachedTokens = Math.Min(cached, prompt);
        return (long)decimal.Ceiling(
            ((prompt - cachedTokens) * options.InputPrice)
            + (cachedTokens * (options.CachedInputPrice ?? options.InputPrice))
            + (completion * options.OutputPrice));
    }
}
