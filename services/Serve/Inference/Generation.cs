using System.Threading.Channels;
using StreamDistill.Student;

namespace StreamDistill.Serve;

/// <summary>A token of one of a request's samples.</summary>
/// <param name="Sample">Which sample, from 0.</param>
/// <param name="Token">The token, and the text that it completes.</param>
internal readonly record struct SampledToken(int Sample, GeneratedToken Token);

/// <summary>
/// One request on its way through the inference loop: some samples of one prompt, all by the same student. Once the loop
/// has taken it, the loop gives the student's reference back.
/// </summary>
internal sealed class Generation(ServedStudent student, IReadOnlyList<int> prompt, SamplingOptions sampling, int samples)
{
    // No more than the request's own tokens lie here, which its limits bound; a slow client must not hold up the others' rows.
    private readonly Channel<SampledToken> tokens = Channel.CreateUnbounded<SampledToken>(new UnboundedChannelOptions { SingleReader = true, SingleWriter = true });
    private volatile bool isCancelled;

    /// <summary>Who answers.</summary>
    public ServedStudent Student => student;

    /// <summary>The prompt's tokens.</summary>
    public IReadOnlyList<int> Prompt => prompt;

    /// <summary>How many samples are wanted.</summary>
    public int Samples => samples;

    /// <summary>What is generated, in the order of each sample; ends with the last sample, or with what went wrong.</summary>
    public ChannelReader<SampledToken> Tokens => tokens.Reader;

    /// <summary>Whether nobody waits for the answer any more.</summary>
    public bool IsCancelled => isCancelled;

    /// <summary>Samples that were given a row so far. The loop's own.</summary>
    public int Begun { get; set; }

    /// <summary>Rows that work on it now. The loop's own.</summary>
    public int Live { get; set; }

    /// <summary>Whether no row will work on it again. The loop's own.</summary>
    public bool IsOver => Live == 0 && (isCancelled || Begun == samples);

    /// <summary>How a sample is drawn: each has a seed of its own.</summary>
    public SamplingOptions SamplingOf(int sample) => sampling with { Seed = unchecked(sampling.Seed + sample) };

    /// <summary>Nobody waits for the answer any more: its rows are free after the step that is being made.</summary>
    public void Cancel() => isCancelled = true;

    /// <summary>Hands a token over.</summary>
    public void Add(SampledToken token) => tokens.Writer.TryWrite(token);

    /// <summary>There will be no more tokens.</summary>
    /// <param name="failure">Why they are not all of them; null where they are.</param>
    public void End(Exception? failure = null)
    {
        tokens.Writer.Complete(failure);
        student.Release();
    }
}
