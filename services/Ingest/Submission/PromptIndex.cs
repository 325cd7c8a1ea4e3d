using streamdistill;
using StreamDistill.Contracts;
using StreamDistill.Pipeline;

namespace StreamDistill.Ingest;

/// <summary>What is known of a prompt's id and idempotency key.</summary>
public enum Acquaintance
{
    /// <summary>Neither is known.</summary>
    New,

    /// <summary>The same prompt was stored before.</summary>
    Same,

    /// <summary>The id belongs to another prompt.</summary>
    IdTaken,

    /// <summary>The idempotency key belongs to another prompt.</summary>
    KeyTaken,
}

/// <summary>
/// The ids and contents of the latest prompts, as 128-bit hashes. A prompt claims its id, and the id that follows from its
/// idempotency key. When the index is full the oldest claim is forgotten. Safe for use by many threads.
/// </summary>
public sealed class PromptIndex(int capacity) : IDisposable
{
    private readonly Lock gate = new();
    private readonly ScratchTable contents = new(capacity);
    private volatile bool isComplete;
    private volatile bool isInDoubt;
    private volatile int doubts;

    /// <summary>Whether every prompt stored so far has been read in: until then nothing can be called new.</summary>
    public bool IsComplete => isComplete;

    /// <summary>Whether a prompt may be stored that is not known here.</summary>
    public bool IsInDoubt => isInDoubt;

    /// <summary>How often there was doubt so far.</summary>
    public int Doubts => doubts;

    /// <summary>Says that it is not known whether a prompt was stored: the topic has to be read to its end once more.</summary>
    public void Doubt()
    {
        lock (gate)
        {
            (isComplete, isInDoubt) = (false, true);
            doubts++;
        }
    }

    /// <summary>Says that the stored prompts have been read in.</summary>
    /// <param name="asOf">What <see cref="Doubts"/> said before the topic's end was looked for; a later doubt remains.</param>
    public void Complete(int asOf = 0)
    {
        lock (gate)
        {
            if (doubts == asOf)
            {
                (isComplete, isInDoubt) = (true, false);
            }
        }
    }

    /// <summary>What is known of a prompt.</summary>
    public Acquaintance Find(in PromptClaims claims)
    {
        lock (gate)
        {
            var byId = FindOne(claims.Id, claims.Content);
            if (claims.Key is not { } key || byId == Acquaintance.IdTaken)
            {
                return byId;
            }

            return FindOne(key, claims.Content) == Acquaintance.IdTaken ? Acquaintance.KeyTaken : byId;
        }
    }

    /// <summary>Remembers a stored prompt; the first owner of a claim keeps it.</summary>
    /// <exception cref="StreamDistillException">It cannot be remembered now; the prompts have to be read in again.</exception>
    public void Remember(in PromptClaims claims)
    {
        lock (gate)
        {
            var content = StableId.Bytes(claims.Content);
            try
            {
                contents.TryAdd(claims.Id, content);
                if (claims.Key is { } key)
                {
                    contents.TryAdd(key, content);
                }
            }
            catch (StreamDistillException)
            {
                Doubt();
                throw;
            }
        }
    }

    /// <inheritdoc />
    public void Dispose()
    {
        lock (gate)
        {
            contents.Dispose();
        }
    }

    private Acquaintance FindOne(UInt128 claim, UInt128 content) => contents.Find(claim) is not { } known ? Acquaintance.New
        : StableId.Bits(known) == content ? Acquaintance.Same : Acquaintance.IdTaken;
}

/// <summary>The hashes by which a prompt is recognised.</summary>
/// <param name="Id">Of its id.</param>
/// <param name="Key">Of the id that its idempotency key gives; null where there is no key or the id is that one.</param>
/// <param name="Content">Of its id and everything it asks for.</param>
public readonly record struct PromptClaims(UInt128 Id, UInt128? Key, UInt128 Content)
{
    /// <summary>The claims of a prompt.</summary>
    public static PromptClaims Of(Prompt prompt)
    {
        var idOfKey = prompt.IdempotencyKey is { } key ? PromptIdentity.OfKey(prompt.Tenant, key) : prompt.PromptId;
        return new PromptClaims(
            Hash(prompt.PromptId),
            idOfKey == prompt.PromptId ? null : Hash(idOfKey),
            Hash(prompt.PromptId, PromptIdentity.ContentHash(prompt)));
    }

    private static UInt128 Hash(params ReadOnlySpan<string?> parts) => StableId.Bits(StableId.Of(parts));
}
