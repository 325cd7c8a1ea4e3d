using System.Buffers;
using System.Collections.ObjectModel;

namespace Microsoft.ML.Tokenizers;

/// <summary>Byte pair encoding. Safe to use from several threads at once.</summary>
public sealed class BpeTokenizer : Tokenizer
{
    private const int Missing = -1;

    /// <summary>A UTF-16 unit has at most so many UTF-8 bytes.</summary>
    private const int BytesPerUnitMax = 3;

    private readonly Dictionary<string, int> _vocabulary = [];
    private readonly Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>>? _special;
    private readonly int[] _byteIds = new int[256];
    private readonly MergeTable _merges;
    private readonly WordCache _cache = new();

    private BpeTokenizer(BpeOptions options, PreTokenizer preTokenizer)
    {
        PreTokenizer = preTokenizer;
        var ids = new HashSet<int>();
        foreach (var (token, id) in options.Vocabulary)
        {
            _vocabulary.Add(token, id);
            if (!ids.Add(id))
            {
                throw new ArgumentException($"The id {id} is that of two tokens.");
            }
        }

        if (_vocabulary.Count == 0)
        {
            throw new InvalidOperationException("The vocabulary cannot be empty.");
        }

        if (options.SpecialTokens is { } special)
        {
            SpecialTokens = special;
            _special = new Dictionary<string, int>(special).GetAlternateLookup<ReadOnlySpan<char>>();
        }

        for (var value = 0; value < 256; value++)
        {
            _byteIds[value] = _vocabulary.GetValueOrDefault(ByteAlphabet.Characters[value].ToString(), Missing);
        }

        var merges = options.Merges?.ToList() ?? [];
        _merges = new(merges.Count);
        for (var rank = 0; rank < merges.Count; rank++)
        {
            var (left, right) = Split(merges[rank]);
            _merges.Add(IdOf(left), IdOf(right), new(rank, IdOf(left + right)));
        }
    }

    /// <summary>What splits the text into pieces that are encoded each by itself.</summary>
    public override PreTokenizer? PreTokenizer { get; }

    /// <summary>Pieces of text that are one token each.</summary>
    public IReadOnlyDictionary<string, int>? SpecialTokens { get; }

    /// <summary>Each token and its id.</summary>
    public IReadOnlyDictionary<string, int> Vocabulary => new ReadOnlyDictionary<string, int>(_vocabulary);

    /// <summary>Makes a tokenizer. This implementation encodes at byte level only, with a given pre-tokenizer.</summary>
    /// <exception cref="InvalidOperationException">The vocabulary is empty, or a merge is malformed or not of tokens.</exception>
    /// <exception cref="ArgumentException">A token, an id or a merge is there twice.</exception>
    public static BpeTokenizer Create(BpeOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (!options.ByteLevel || options.PreTokenizer is null)
        {
            throw new NotSupportedException($"Set {nameof(BpeOptions)}.{nameof(BpeOptions.ByteLevel)} and {nameof(BpeOptions.PreTokenizer)}: others are not implemented here.");
        }

        return new(options, options.PreTokenizer);
    }

    private protected override void Encode(string text, bool considerPreTokenization, List<int> ids)
    {
        if (!considerPreTokenization)
        {
            EncodePiece(text, ids);
            return;
        }

        foreach (var (offset, length) in PreTokenizer!.PreTokenize(text))
        {
            EncodePiece(text.AsSpan(offset, length), ids);
        }
    }

    private void EncodePiece(ReadOnlySpan<char> piece, List<int> ids)
    {
        if (_cache.Find(piece) is { } known)
        {
            ids.AddRange(known.AsSpan());
            return;
        }

        if (_special is { } special && special.TryGetValue(piece, out var id))
        {
            _cache.Keep(piece, [id]);
            ids.Add(id);
            return;
        }

        var lengthMax = piece.Length * BytesPerUnitMax;
        int[]? rented = null;
        var symbols = lengthMax <= 3 * WordMerger.ShortLength
            ? stackalloc int[3 * WordMerger.ShortLength]
            : rented = ArrayPool<int>.Shared.Rent(lengthMax);
        var count = WordMerger.Merge(symbols[..BytesOf(piece, symbols)], _merges);
        _cache.Keep(piece, symbols[..count]);
        ids.AddRange(symbols[..count]);
        if (rented is not null)
        {
            ArrayPool<int>.Shared.Return(rented);
        }
    }

    /// <summary>
    /// The ids of the piece's UTF-8 bytes. Half a surrogate pair is three bytes, as any other character of its size; a
    /// byte that has no token is left out.
    /// </summary>
    private int BytesOf(ReadOnlySpan<char> piece, Span<int> symbols)
    {
        var count = 0;
        for (var i = 0; i < piece.Length; i++)
        {
            int code = piece[i];
            if (code < 0x80)
            {
                Add(code, symbols);
            }
            else if (code < 0x800)
            {
                Add(0xC0 | (code >> 6), symbols);
                Add(0x80 | (code & 0x3F), symbols);
            }
            else if (i + 1 < piece.Length && char.IsSurrogatePair(piece[i], piece[i + 1]))
            {
                code = char.ConvertToUtf32(piece[i], piece[++i]);
                Add(0xF0 | (code >> 18), symbols);
                Add(0x80 | ((code >> 12) & 0x3F), symbols);
                Add(0x80 | ((code >> 6) & 0x3F), symbols);
                Add(0x80 | (code & 0x3F), symbols);
            }
            else
            {
                Add(0xE0 | (code >> 12), symbols);
                Add(0x80 | ((code >> 6) & 0x3F), symbols);
                Add(0x80 | (code & 0x3F), symbols);
            }
        }

        return count;

        void Add(int value, Span<int> to)
        {
            if (_byteIds[value] != Missing)
            {
                to[count++] = _byteIds[value];
            }
        }
    }

    private int IdOf(string token) => _vocabulary.TryGetValue(token, out var id)
        ? id
        : throw new InvalidOperationException($"Trying to merge a token '{token}' which not exist in the vocabulary.");

    private static (string Left, string Right) Split(string merge)
    {
        var space = merge?.IndexOf(' ', StringComparison.Ordinal)
            ?? throw new InvalidOperationException("The merge entries cannot be null.");
        if (space < 0 || space == merge.Length - 1 || merge.IndexOf(' ', space + 1) >= 0)
        {
            throw new InvalidOperationException("Invalid merger file format");
        }

        return (merge[..space], merge[(space + 1)..]);
    }
}
