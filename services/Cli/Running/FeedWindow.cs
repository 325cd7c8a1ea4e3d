namespace StreamDistill.Cli.Running;

/// <summary>
/// How many prompts may be in flight. The embedded broker keeps 5 MB per partition, and in the worst case everything in
/// flight lies in the same one; so all of it together stays below <see cref="BytesMax"/>, and so does what any stage has
/// before it. One prompt is always let through.
/// </summary>
/// <param name="completionBytes">What a completion is taken to be until the first ones are known; for a recording its longest line.</param>
internal sealed class FeedWindow(int completionBytes)
{
    /// <summary>Two fifths of what the broker keeps, since sizes are estimates.</summary>
    public const long BytesMax = 2 * 1024 * 1024;

    /// <summary>Records carry ids, teacher, usage and checks beside their texts.</summary>
    public const int RecordOverheadBytes = 512;

    private int longestCompletion;
    private int completions;

    /// <summary>A completion of so many bytes was seen.</summary>
    public void OnCompletion(int bytes)
    {
        longestCompletion = Math.Max(longestCompletion, bytes);
        completions++;
    }

    /// <summary>What the records of a prompt come to in the topic where they take most: one verdict per sample, each with the prompt in it.</summary>
    public long BytesOf(int promptBytes, int samples)
    {
        // Some have been seen: the longest of them, twice, is a better guess than the limit.
        var completion = completions < 32 ? completionBytes : Math.Min(completionBytes, 2 * longestCompletion);
        return (long)samples * (promptBytes + completion + RecordOverheadBytes);
    }

    /// <summary>Whether another prompt may go in.</summary>
    public static bool IsOpen(PromptFates fates, long nextBytes, long backlogBytes) =>
        fates.InFlight == 0 || (fates.InFlightBytes + nextBytes <= BytesMax && backlogBytes <= BytesMax);
}
