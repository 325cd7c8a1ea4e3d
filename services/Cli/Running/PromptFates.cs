namespace StreamDistill.Cli.Running;

/// <summary>How many prompts came to which end.</summary>
/// <param name="Accepted">Prompts that Ingest took.</param>
/// <param name="Curated">With at least one example in the dataset.</param>
/// <param name="NotSelected">Verified, but its examples are duplicates of others' or weigh nothing.</param>
/// <param name="Rejected">Every sample of every attempt rejected.</param>
/// <param name="DeadLettered">A record of it could not be processed, and nothing of it was verified.</param>
/// <param name="Unfinished">None of these; 0 once the pipeline has drained.</param>
internal sealed record FateCounts(int Accepted, int Curated, int NotSelected, int Rejected, int DeadLettered, int Unfinished);

/// <summary>
/// What has become of each prompt, from the records seen so far. A prompt is in flight from its acceptance until its
/// outcome is known: all samples of an attempt decided with one of them verified, or all of its last attempt rejected, or
/// a dead letter.
/// </summary>
/// <param name="attemptsMax">After so many attempts a prompt is not sampled again.</param>
internal sealed class PromptFates(int attemptsMax)
{
    private readonly Dictionary<string, Prompt> prompts = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> promptOfExample = new(StringComparer.Ordinal);

    /// <summary>Prompts accepted.</summary>
    public int Accepted { get; private set; }

    /// <summary>Prompts accepted that were seen on the prompts topic.</summary>
    public int Seen { get; private set; }

    /// <summary>Prompts in flight.</summary>
    public int InFlight { get; private set; }

    /// <summary>Prompts whose outcome is known.</summary>
    public int Ended => Accepted - InFlight;

    /// <summary>Ingest took a prompt.</summary>
    /// <param name="promptId">Its id.</param>
    /// <returns>False where the id was accepted before.</returns>
    public bool Accept(string promptId)
    {
        var prompt = Of(promptId);
        if (prompt.IsAccepted)
        {
            return false;
        }

        prompt.IsAccepted = true;
        Accepted++;
        Seen += prompt.IsSeen ? 1 : 0;
        if (!prompt.IsEnded)
        {
            InFlight++;
        }

        return true;
    }

    /// <summary>A record of the prompts topic.</summary>
    public void OnPrompt(string promptId)
    {
        var prompt = Of(promptId);
        if (!prompt.IsSeen)
        {
            prompt.IsSeen = true;
            Seen += prompt.IsAccepted ? 1 : 0;
        }
    }

    /// <summary>A verdict; each completion's only once.</summary>
    public void OnVerdict(string promptId, int attempt, int sampleCount, bool passed)
    {
        var prompt = Of(promptId);
        if (attempt > prompt.Attempt)
        {
            (prompt.Attempt, prompt.Decided) = (attempt, 0);
        }

        prompt.IsVerified |= passed;
        prompt.IsRejected |= !passed;
        if (attempt == prompt.Attempt && ++prompt.Decided >= sampleCount && (prompt.IsVerified || attempt >= attemptsMax))
        {
            End(prompt);
        }
    }

    /// <summary>An example of the dataset; one that weighs nothing is none.</summary>
    public void OnExample(string exampleId, string promptId, bool counts)
    {
        OnWithdrawn(exampleId);
        if (counts)
        {
            promptOfExample[exampleId] = promptId;
            Of(promptId).Examples++;
        }
    }

    /// <summary>A tombstone.</summary>
    public void OnWithdrawn(string exampleId)
    {
        if (promptOfExample.Remove(exampleId, out var promptId))
        {
            Of(promptId).Examples--;
        }
    }

    /// <summary>A dead letter; without a readable key it belongs to no prompt.</summary>
    public void OnDeadLetter(string? promptId)
    {
        if (promptId is not null && prompts.TryGetValue(promptId, out var prompt))
        {
            prompt.IsDeadLettered = true;
            End(prompt);
        }
    }

    /// <summary>Nothing is left in the pipeline: whatever is still in flight has ended, whether or not it was understood how.</summary>
    public void OnDrained()
    {
        foreach (var prompt in prompts.Values)
        {
            End(prompt);
        }
    }

    /// <summary>The ends, each prompt counted once.</summary>
    public FateCounts Count()
    {
        int curated = 0, notSelected = 0, rejected = 0, deadLettered = 0, unfinished = 0;
        foreach (var prompt in prompts.Values.Where(prompt => prompt.IsAccepted))
        {
            _ = prompt switch
            {
                { Examples: > 0 } => curated++,
                { IsVerified: true } => notSelected++,
                { IsDeadLettered: true } => deadLettered++,
                { IsRejected: true, IsEnded: true } => rejected++,
                _ => unfinished++,
            };
        }

        return new FateCounts(Accepted, curated, notSelected, rejected, deadLettered, unfinished);
    }

    private void End(Prompt prompt)
    {
        if (prompt.IsEnded)
        {
            return;
        }

        prompt.IsEnded = true;
        if (prompt.IsAccepted)
        {
            InFlight--;
        }
    }

    private Prompt Of(string promptId)
    {
        if (!prompts.TryGetValue(promptId, out var prompt))
        {
            prompts[promptId] = prompt = new Prompt();
        }

        return prompt;
    }

    private sealed class Prompt
    {
        public bool IsAccepted { get; set; }

        public bool IsSeen { get; set; }

        public bool IsVerified { get; set; }

        public bool IsRejected { get; set; }

        public bool IsDeadLettered { get; set; }

        public bool IsEnded { get; set; }

        public int Attempt { get; set; }

        public int Decided { get; set; }

        public int Examples { get; set; }
    }
}
