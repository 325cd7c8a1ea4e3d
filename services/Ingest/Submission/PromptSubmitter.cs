using System.Diagnostics.Metrics;
using System.Threading.RateLimiting;
using streamdistill;
using StreamDistill.Contracts;
using StreamDistill.Pipeline;

namespace StreamDistill.Ingest;

/// <summary>What became of a submitted prompt.</summary>
public enum Fate
{
    /// <summary>Stored.</summary>
    Accepted,

    /// <summary>The same prompt was stored before.</summary>
    Duplicate,

    /// <summary>Not stored, and trying the same again will not help.</summary>
    Refused,

    /// <summary>Not stored because the quota is used up for now.</summary>
    OverQuota,

    /// <summary>Not known to be stored; trying again may help.</summary>
    Failed,
}

/// <summary>What became of a submitted prompt, and why.</summary>
/// <param name="Fate">Stored or not.</param>
/// <param name="Field">The field that is to blame where it was refused.</param>
/// <param name="Code">One of <see cref="RefusalCodes"/> where it was refused.</param>
/// <param name="Reason">For a person, where it was not stored.</param>
/// <param name="RetryAfter">When the quota allows another prompt, where it is known.</param>
public sealed record SubmissionOutcome(Fate Fate, string Field = "$", string Code = "", string Reason = "", TimeSpan? RetryAfter = null)
{
    internal static readonly SubmissionOutcome Accepted = new(Fate.Accepted);
    internal static readonly SubmissionOutcome Duplicate = new(Fate.Duplicate);
}

/// <summary>
/// Stores each prompt once: one that is known already is not stored again, and of the same prompt submitted twice at the
/// same time the second waits for what becomes of the first. Two instances of the service can still both take the same
/// prompt within the moment until they see each other's; ids of completions follow from the prompt's, so that nothing
/// after them counts it twice.
/// </summary>
public sealed class PromptSubmitter(IPromptSink sink, PromptIndex index)
{
    private static readonly Counter<long> Prompts = Telemetry.Meter.CreateCounter<long>(
        "streamdistill.ingest.prompts", "{prompt}", "Prompts submitted, by outcome and tenant.");

    private readonly Lock gate = new();
    private readonly Dictionary<UInt128, TaskCompletionSource> pending = [];

    /// <summary>Stores a prompt.</summary>
    /// <param name="prompt">The prompt.</param>
    /// <param name="quota">Where a new prompt takes a permit from; null is without limit. What is known already costs none.</param>
    /// <param name="cancellationToken">Stops waiting for others; a write that has begun is awaited.</param>
    public async Task<SubmissionOutcome> SubmitAsync(Prompt prompt, RateLimiter? quota, CancellationToken cancellationToken)
    {
        SubmissionOutcome outcome;
        try
        {
            outcome = await ClaimAndStoreAsync(prompt, quota, cancellationToken);
        }
        catch (StreamDistillException e)
        {
            outcome = new SubmissionOutcome(Fate.Failed, Reason: e.Message);
        }

        Prompts.Add(1, new("outcome", outcome.Fate.ToString().ToLowerInvariant()), new("tenant", prompt.Tenant));
        return outcome;
    }

    private async Task<SubmissionOutcome> ClaimAndStoreAsync(Prompt prompt, RateLimiter? quota, CancellationToken cancellationToken)
    {
        var claims = PromptClaims.Of(prompt);
        var mine = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        while (true)
        {
            Task? other;
            lock (gate)
            {
                if (index.IsInDoubt)
                {
                    return new SubmissionOutcome(Fate.Failed, Reason: "It is not known whether a prompt was stored; the topic is being read again.");
                }

                switch (index.Find(claims))
                {
                    case Acquaintance.Same:
                        return SubmissionOutcome.Duplicate;
                    case Acquaintance.IdTaken:
                        return Taken(prompt.IdempotencyKey is not null && claims.Key is null ? "idempotency_key" : "prompt_id");
                    case Acquaintance.KeyTaken:
                        return Taken("idempotency_key");
                }

                other = PendingOwner(claims);
                if (other is null)
                {
                    pending[claims.Id] = mine;
                    if (claims.Key is { } key)
                    {
                        pending[key] = mine;
                    }
                }
            }

            if (other is null)
            {
                return await StoreAsync(prompt, claims, mine, quota, cancellationToken);
            }

            await other.WaitAsync(cancellationToken);
        }
    }

    private async Task<SubmissionOutcome> StoreAsync(
        Prompt prompt, PromptClaims claims, TaskCompletionSource mine, RateLimiter? quota, CancellationToken cancellationToken)
    {
        try
        {
            using var permit = quota?.AttemptAcquire();
            if (permit is { IsAcquired: false })
            {
                return OverQuota(permit);
            }

            await sink.WriteAsync(prompt, cancellationToken);
            index.Remember(claims);
            return SubmissionOutcome.Accepted;
        }
        catch (UnprocessableRecordException e)
        {
            return new SubmissionOutcome(Fate.Refused, "$", e.ReasonCode, e.Message);
        }
        catch (UnknownOutcomeException e)
        {
            // Before the claim is given up: it may be stored, and must not be called new until that is known.
            index.Doubt();
            return new SubmissionOutcome(Fate.Failed, Reason: e.Message);
        }
        finally
        {
            lock (gate)
            {
                pending.Remove(claims.Id);
                if (claims.Key is { } key)
                {
                    pending.Remove(key);
                }
            }

            mine.SetResult();
        }
    }

    private Task? PendingOwner(in PromptClaims claims) =>
        pending.TryGetValue(claims.Id, out var owner) || (claims.Key is { } key && pending.TryGetValue(key, out owner)) ? owner.Task : null;

    private static SubmissionOutcome Taken(string field) =>
        new(Fate.Refused, field, RefusalCodes.Taken, $"this {field} already belongs to a prompt with other content");

    private static SubmissionOutcome OverQuota(RateLimitLease permit) => new(
        Fate.OverQuota,
        "$",
        RefusalCodes.Quota,
        "the key's quota of prompts per minute is used up",
        permit.TryGetMetadata(MetadataName.RetryAfter, out var after) ? after : null);
}
