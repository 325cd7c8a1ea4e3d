using System.Globalization;
using streamdistill;
using StreamDistill.Contracts;

namespace StreamDistill.Ingest;

/// <summary>When two submissions are the same prompt.</summary>
public static class PromptIdentity
{
    /// <summary>The id of a prompt that was submitted with an idempotency key and without an id.</summary>
    public static string OfKey(string tenant, string idempotencyKey) => StableId.Of("idempotency_key", tenant, idempotencyKey);

    /// <summary>An id that follows from what the prompt asks for: equal for equal content of the same tenant.</summary>
    public static string OfContent(Prompt prompt) => StableId.Of("content", ContentHash(prompt));

    /// <summary>
    /// 32 hexadecimal digits over everything that a submitter says about a prompt, apart from its id and source: where it
    /// was sent from does not make it another prompt.
    /// </summary>
    public static string ContentHash(Prompt prompt)
    {
        var parts = new List<string?>
        {
            prompt.Tenant,
            prompt.Task,
            prompt.IdempotencyKey,
            prompt.RedactionPolicy,
            prompt.Reference?.Answer,
            prompt.Reference?.Rationale,
            Number(prompt.Sampling.N),
            prompt.Sampling.Temperature.ToString("R", CultureInfo.InvariantCulture),
            prompt.Sampling.TopP.ToString("R", CultureInfo.InvariantCulture),
            Number(prompt.Sampling.MaxTokens),
            prompt.Sampling.Seed is { } seed ? Number(seed) : null,
            Number(prompt.Sampling.TopLogprobs),
            Number(prompt.Messages.Count),
        };
        foreach (var message in prompt.Messages)
        {
            parts.Add(message.Role);
            parts.Add(message.Content);
        }

        parts.Add(Number(prompt.Verifiers.Count));
        foreach (var verifier in prompt.Verifiers)
        {
            parts.Add(verifier.Name);
            AddSorted(parts, verifier.Parameters);
        }

        AddSorted(parts, prompt.Attributes);
        return StableId.Of([.. parts]);
    }

    private static void AddSorted(List<string?> parts, IDictionary<string, string> pairs)
    {
        parts.Add(Number(pairs.Count));
        foreach (var (name, value) in pairs.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            parts.Add(name);
            parts.Add(value);
        }
    }

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);
}
