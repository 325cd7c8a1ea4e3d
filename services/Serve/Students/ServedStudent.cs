using StreamDistill.Student;

namespace StreamDistill.Serve;

/// <summary>
/// A loaded student and the engine that generates with it. Whoever uses it holds a reference; the last one to let go
/// disposes of it, so that a student that was replaced stays until its last answer is finished.
/// </summary>
internal sealed class ServedStudent
{
    private readonly StudentModel model;
    private int references = 1;

    /// <param name="model">The student; owned.</param>
    /// <param name="engine">Generates with it; owned. Used by the inference loop's thread alone.</param>
    /// <param name="fingerprint">Tells this state of the student from others.</param>
    /// <param name="loadedAt">When it was loaded.</param>
    public ServedStudent(StudentModel model, GenerationEngine engine, string fingerprint, DateTimeOffset loadedAt)
    {
        this.model = model;
        (Engine, Fingerprint, LoadedAt) = (engine, fingerprint, loadedAt);
        EndTokens = new HashSet<int>([.. model.Decoder.Config.EosTokenIds, model.Tokenizer.Chat.EndOfTurn]);
    }

    /// <summary>Generates; for the inference loop's thread alone.</summary>
    public GenerationEngine Engine { get; }

    /// <summary>The student's tokenizer; safe for use by many threads.</summary>
    public StudentTokenizer Tokenizer => model.Tokenizer;

    /// <summary>The tokens that end an answer and are no part of it.</summary>
    public IReadOnlySet<int> EndTokens { get; }

    /// <summary>Most tokens of a prompt and its answer together.</summary>
    public int ContextMax => Engine.ContextLength;

    /// <summary>The value of system_fingerprint.</summary>
    public string Fingerprint { get; }

    /// <summary>When it was loaded.</summary>
    public DateTimeOffset LoadedAt { get; }

    /// <summary>Takes another reference; only for one who knows of a reference that is held meanwhile.</summary>
    public void Acquire() => Interlocked.Increment(ref references);

    /// <summary>Gives a reference back.</summary>
    public void Release()
    {
        if (Interlocked.Decrement(ref references) == 0)
        {
            Engine.Dispose();
            model.Dispose();
        }
    }
}
