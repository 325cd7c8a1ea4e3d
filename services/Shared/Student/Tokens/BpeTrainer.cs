using System.Runtime.InteropServices;
using System.Text;
using StreamDistill.Contracts;

namespace StreamDistill.Student;

/// <summary>
/// Learns byte-level byte pair encoding (Sennrich, Haddow, Birch, 2016; on bytes: GPT-2): of all neighbours in the split
/// texts the two that occur most often together become a token, again and again. Of several as frequent, the two with the
/// lowest ids are taken, so the same texts in the same order give the same tokenizer.
/// </summary>
public sealed class BpeTrainer
{
    private readonly BpeTrainerOptions _options;
    private readonly Dictionary<string, int> _vocabulary = [];
    private readonly List<string> _tokens = [];
    private readonly List<string> _merges = [];
    private readonly HashSet<(int Left, int Right)> _merged = [];
    private readonly List<Word> _words = [];
    private readonly Dictionary<(int Left, int Right), Pair> _pairs = [];
    private readonly PriorityQueue<Pair, (long Count, int Left, int Right)> _queue = new(
        Comparer<(long Count, int Left, int Right)>.Create((one, other) => one.Count != other.Count
            ? other.Count.CompareTo(one.Count)
            : (one.Left, one.Right).CompareTo((other.Left, other.Right))));

    private BpeTrainer(BpeTrainerOptions options) => _options = options;

    /// <summary>Trains a tokenizer.</summary>
    /// <param name="texts">The texts; read once.</param>
    /// <param name="options">What to make.</param>
    /// <exception cref="StreamDistillException">An option has an impossible value.</exception>
    public static StudentTokenizer Train(IEnumerable<string> texts, BpeTrainerOptions options)
    {
        options.Validate();
        var trainer = new BpeTrainer(options);
        trainer.AddBytes();
        trainer.CountWords(texts);
        trainer.CountPairs();
        while (trainer._vocabulary.Count + options.SpecialTokens.Count < options.VocabularySize && trainer.TakeMostFrequent() is { } pair)
        {
            trainer.Merge(pair);
        }

        return new(new()
        {
            Vocabulary = trainer._vocabulary,
            Merges = trainer._merges,
            Split = options.Split,
            AddedTokens = [.. options.SpecialTokens.Select((token, i) => new AddedToken(trainer._vocabulary.Count + i, token, Special: true, Normalized: false))],
        });
    }

    /// <summary>In the order of their characters, as Hugging Face's trainer.</summary>
    private void AddBytes()
    {
        foreach (var character in Enumerable.Range(0, 256).Select(value => ByteAlphabet.Character((byte)value)).Order())
        {
            IdOf(character.ToString());
        }
    }

    private void CountWords(IEnumerable<string> texts)
    {
        var byText = new Dictionary<string, Word>();
        var lookup = byText.GetAlternateLookup<ReadOnlySpan<char>>();
        foreach (var text in texts)
        {
            foreach (var (offset, length) in _options.Split.PreTokenize(text))
            {
                var piece = text.AsSpan(offset, length);
                if (!lookup.TryGetValue(piece, out var word))
                {
                    var bytes = ByteAlphabet.Write(Encoding.UTF8.GetBytes(piece.ToString()));
                    word = new([.. bytes.Select(character => _vocabulary[character.ToString()])]);
                    lookup[piece] = word;
                    _words.Add(word);
                }

                word.Count++;
            }
        }
    }

    private void CountPairs()
    {
        foreach (var word in _words)
        {
            for (var i = 0; i + 1 < word.Symbols.Length; i++)
            {
                Change(word.Symbols[i], word.Symbols[i + 1], word, word.Count);
            }
        }

        foreach (var pair in _pairs.Values)
        {
            Enqueue(pair);
        }
    }

    /// <summary>Counts in the queue are those of when a pair was put there: one that has changed since goes back with its count of now.</summary>
    private Pair? TakeMostFrequent()
    {
        while (_queue.TryDequeue(out var pair, out var priority))
        {
            if (pair.Count == priority.Count && pair.Count >= _options.MinFrequency)
            {
                return pair;
            }

            if (pair.Count != priority.Count && pair.Count > 0)
            {
                Enqueue(pair);
            }
        }

        return null;
    }

    private void Merge(Pair pair)
    {
        var (left, right) = (pair.Left, pair.Right);
        var merged = IdOf(_tokens[left] + _tokens[right]);
        if (_merged.Add((left, right)))
        {
            _merges.Add(_tokens[left] + " " + _tokens[right]);
        }

        pair.Count = 0;
        var grown = new HashSet<Pair>();
        foreach (var word in pair.Words)
        {
            MergeIn(word, left, right, merged, grown);
        }

        foreach (var one in grown)
        {
            Enqueue(one);
        }

        _pairs.Remove((left, right));
    }

    private void MergeIn(Word word, int left, int right, int merged, HashSet<Pair> grown)
    {
        var symbols = word.Symbols;
        var count = 0;
        for (var i = 0; i < symbols.Length; i++)
        {
            if (i + 1 == symbols.Length || symbols[i] != left || symbols[i + 1] != right)
            {
                symbols[count++] = symbols[i];
                continue;
            }

            if (count > 0)
            {
                Change(symbols[count - 1], left, word, -word.Count);
                grown.Add(Change(symbols[count - 1], merged, word, word.Count));
            }

            if (i + 2 < symbols.Length)
            {
                Change(right, symbols[i + 2], word, -word.Count);
                grown.Add(Change(merged, symbols[i + 2], word, word.Count));
            }

            symbols[count++] = merged;
            i++;
        }

        word.Symbols = symbols[..count];
    }

    private Pair Change(int left, int right, Word word, long by)
    {
        ref var pair = ref CollectionsMarshal.GetValueRefOrAddDefault(_pairs, (left, right), out _);
        pair ??= new(left, right);
        pair.Count += by;
        if (by > 0)
        {
            pair.Words.Add(word);
        }

        return pair;
    }

    private void Enqueue(Pair pair) => _queue.Enqueue(pair, (pair.Count, pair.Left, pair.Right));

    /// <summary>The id of a token. Two merges may make the same: then it keeps its id, and a pair of it may be merged again.</summary>
    private int IdOf(string token)
    {
        if (!_vocabulary.TryGetValue(token, out var id))
        {
            id = _vocabulary.Count;
            _vocabulary.Add(token, id);
            _tokens.Add(token);
        }

        return id;
    }

    /// <summary>A piece of text: its tokens as they are now, and how often it occurs.</summary>
    private sealed class Word(int[] symbols)
    {
        public int[] Symbols { get; set; } = symbols;

        public long Count { get; set; }
    }

    /// <summary>Two neighbouring tokens: how often they occur together, and in which words they may.</summary>
    private sealed class Pair(int left, int right)
    {
        public int Left { get; } = left;

        public int Right { get; } = right;

        public long Count { get; set; }

        public HashSet<Word> Words { get; } = [];
    }
}
