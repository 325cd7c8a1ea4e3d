using System.Runtime.InteropServices;
using TorchSharp;
using static TorchSharp.torch;

namespace StreamDistill.Student;

/// <summary>Continues many texts at once (continuous batching): texts come and go between steps. It is for one thread at a time;
/// the caller owns the loop. Rows in use are always the cache's first: a text that ends is replaced by the last.</summary>
public sealed class GenerationEngine : IDisposable
{
    /// <summary>How many prompt tokens one pass takes at most: bounds its memory.</summary>
    private const int PrefillTokensMax = 512;

    private readonly Decoder decoder;
    private readonly StudentTokenizer tokenizer;
    private readonly KeyValueCache cache;
    private readonly List<GenerationRow> rows = [];
    private readonly HashSet<int> endTokens;
    private readonly int vocabulary;
    private readonly Sampler sampler;

    /// <param name="decoder">The model; not disposed with the engine.</param>
    /// <param name="tokenizer">Its tokenizer.</param>
    /// <param name="capacity">How many texts at once.</param>
    /// <param name="contextLength">The longest text in tokens, prompt and answer; by default, and at most, what the model was made for.</param>
    public GenerationEngine(Decoder decoder, StudentTokenizer tokenizer, int capacity, int? contextLength = null)
    {
        this.decoder = decoder;
        this.tokenizer = tokenizer;
        Capacity = capacity;
        ContextLength = Math.Min(contextLength ?? int.MaxValue, decoder.Config.MaxPositions);
        ArgumentOutOfRangeException.ThrowIfLessThan(ContextLength, 2, nameof(contextLength));
        cache = new KeyValueCache(decoder, capacity);
        endTokens = [.. decoder.Config.EosTokenIds, .. tokenizer.KnownChat is { } chat ? [chat.EndOfTurn] : Array.Empty<int>()];

        // Embeddings are often padded beyond the tokenizer's last token; those rows are never chosen.
        vocabulary = Math.Min(decoder.Config.VocabularySize, tokenizer.VocabularySize);
        sampler = new Sampler(vocabulary);
    }

    /// <summary>How many texts at once.</summary>
    public int Capacity { get; }

    /// <summary>The longest text in tokens, prompt and answer together.</summary>
    public int ContextLength { get; }

    /// <summary>How many texts are in the making.</summary>
    public int Active => rows.Count;

    /// <summary>How many more may be added.</summary>
    public int Free => Capacity - rows.Count;

    /// <summary>Adds a text; the next step gives its first token. Texts whose prompt is the same list share the work on it.</summary>
    /// <exception cref="InvalidOperationException">No row is free.</exception>
    /// <exception cref="ArgumentException">The prompt is empty, leaves no room in the context or has tokens that the model lacks, or an option is out of range.</exception>
    public GenerationRow Add(IReadOnlyList<int> prompt, SamplingOptions sampling)
    {
        sampling.Validate();
        if (Free == 0)
        {
            throw new InvalidOperationException($"All {Capacity} rows are in use; step until one is free.");
        }

        if (prompt.Count == 0 || prompt.Count >= ContextLength)
        {
            throw new ArgumentException($"The prompt has {prompt.Count} tokens; allowed are 1 to {ContextLength - 1} with a context of {ContextLength}.", nameof(prompt));
        }

        if (prompt.Any(token => token < 0 || token >= decoder.Config.VocabularySize))
        {
            throw new ArgumentException($"The prompt has a token outside the model's {decoder.Config.VocabularySize}.", nameof(prompt));
        }

        var row = new GenerationRow(prompt, sampling, new StopText(new TokenDecoder(tokenizer), sampling.Stop ?? [])) { Index = rows.Count };
        rows.Add(row);
        return row;
    }

    /// <summary>Ends a text now; one that has ended already stays so.</summary>
    public void Cancel(GenerationRow row)
    {
        if (row.Index < 0 || row.Index >= rows.Count || rows[row.Index] != row)
        {
            return;
        }

        var last = rows[^1];
        if (last != row)
        {
            if (last.IsPrefilled)
            {
                cache.CopyRow(last.Index, row.Index, last.Position);
            }

            rows[row.Index] = last;
            last.Index = row.Index;
        }

        rows.RemoveAt(rows.Count - 1);
        row.Index = -1;
    }

    /// <summary>One token for every text, in one pass of the model, after the prompts of new texts.</summary>
    /// <returns>One item per text; none where there are no texts.</returns>
    public IReadOnlyList<GeneratedToken> Step()
    {
        if (rows.Count == 0)
        {
            return [];
        }

        using var scope = NewDisposeScope();
        using var still = no_grad();
        Prefill();
        var hidden = Extend(0, rows.Count, 1, (row, _) => (rows[row].Next, rows[row].Position));
        var logits = decoder.Logits(hidden.view(rows.Count, -1)).narrow(-1, 0, vocabulary);
        var logprobs = logits.log_softmax(-1, ScalarType.Float32).cpu();
        var all = MemoryMarshal.Cast<byte, float>(logprobs.bytes);
        var generated = new List<GeneratedToken>(rows.Count);
        for (var index = 0; index < rows.Count; index++)
        {
            generated.Add(Take(rows[index], all.Slice(index * vocabulary, vocabulary)));
        }

        foreach (var token in generated.Where(token => token.Finish is not null))
        {
            Cancel(token.Row);
        }

        return generated;
    }

    /// <inheritdoc/>
    public void Dispose() => cache.Dispose();

    private GeneratedToken Take(GenerationRow row, ReadOnlySpan<float> logprobs)
    {
        var token = sampler.Pick(logprobs, row.Sampling, Randomness.Uniform(row.Seed, row.Generated));
        row.Generated++;
        row.Next = token;
        var isEnd = endTokens.Contains(token);
        var text = isEnd ? row.Text.Flush() : row.Text.Push(token);
        FinishReason? finish = isEnd || row.Text.IsStopped ? FinishReason.Stop
            : row.Generated >= row.Sampling.MaxTokens || row.Prompt.Count + row.Generated >= ContextLength ? FinishReason.Length
            : null;
        if (finish == FinishReason.Length)
        {
            text += row.Text.Flush();
        }

        return new GeneratedToken(row, token, text, logprobs[token], Sampler.Top(logprobs, row.Sampling.TopLogprobs), finish);
    }

    /// <summary>Runs the prompts of new texts, all but the last token, which the next pass takes.</summary>
    private void Prefill()
    {
        for (var first = 0; first < rows.Count; first++)
        {
            if (rows[first].IsPrefilled || TakeFromSibling(rows[first]))
            {
                continue;
            }

            // Neighbours that are new go along, padded to the longest, while they fit one pass.
            var count = 0;
            var longest = 0;
            while (first + count < rows.Count && !rows[first + count].IsPrefilled && SiblingOf(rows[first + count]) is null)
            {
                var length = Math.Max(longest, rows[first + count].Prompt.Count - 1);
                if (count > 0 && length * (count + 1) > PrefillTokensMax)
                {
                    break;
                }

                longest = length;
                rows[first + count++].IsPrefilled = true;
            }

            for (var start = 0; start < longest; start += PrefillTokensMax)
            {
                using var scope = NewDisposeScope();
                var (begin, from) = (start, first);
                Extend(first, count, Math.Min(PrefillTokensMax, longest - start), (row, column) =>
                {
                    // Padding goes where the text's own tokens will be written before anything attends to them.
                    var position = begin + column;
                    var prompt = rows[from + row].Prompt;
                    return (position < prompt.Count ? prompt[position] : 0, position);
                });
            }

            first += count - 1;
        }
    }

    /// <summary>Another text of the same prompt (the same list), whose keys and values are there already or in the pass being put together.</summary>
    private GenerationRow? SiblingOf(GenerationRow row) => rows.Find(other => other.IsPrefilled && ReferenceEquals(other.Prompt, row.Prompt));

    private bool TakeFromSibling(GenerationRow row)
    {
        if (SiblingOf(row) is not { } sibling)
        {
            return false;
        }

        cache.CopyRow(sibling.Index, row.Index, row.Prompt.Count - 1);
        return row.IsPrefilled = true;
    }

    private Tensor Extend(int first, int count, int length, Func<int, int, (int Token, int Position)> at)
    {
        var tokens = new long[count * length];
        var positions = new long[count * length];
        for (var row = 0; row < count; row++)
        {
            for (var column = 0; column < length; column++)
            {
                (tokens[(row * length) + column], positions[(row * length) + column]) = at(row, column);
            }
        }

        return decoder.Extend(
            tensor(tokens, [count, length], device: decoder.Device),
            tensor(positions, [count, length], device: decoder.Device),
            cache,
            first,
            (int)positions.Max() + 1);
    }
}
