using System.Buffers;
using System.Text;
using System.Text.Unicode;
using Microsoft.ML.Tokenizers;
using StreamDistill.Contracts;
using StreamDistill.Unicode;

namespace StreamDistill.Student;

/// <summary>
/// Byte-level byte pair encoding as Hugging Face's tokenizer.json defines it. Safe to use from several threads at once.
/// Text is any string: half a surrogate pair counts as U+FFFD.
/// </summary>
public sealed class StudentTokenizer
{
    /// <summary>The file of a model's directory that holds its tokenizer.</summary>
    public const string FileName = "tokenizer.json";

    private readonly BpeTokenizer _bpe;
    private readonly AddedTokenFinder _added;
    private readonly AddedTokenFinder _addedNormalized;
    private readonly string?[] _tokens;
    private readonly byte[]?[] _bytes;
    private readonly bool[] _special;

    internal StudentTokenizer(TokenizerDefinition definition)
    {
        Definition = definition;
        VocabularySize = 1 + Math.Max(definition.Vocabulary.Values.Max(), definition.AddedTokens.Select(token => token.Id).DefaultIfEmpty().Max());
        _tokens = new string?[VocabularySize];
        _bytes = new byte[]?[VocabularySize];
        _special = new bool[VocabularySize];
        foreach (var (token, id) in definition.Vocabulary)
        {
            _tokens[id] = token;
            _bytes[id] = ByteAlphabet.Read(token);
        }

        foreach (var token in definition.AddedTokens)
        {
            _tokens[token.Id] = token.Content;
            _bytes[token.Id] = Encoding.UTF8.GetBytes(token.Content);
            _special[token.Id] = token.Special;
        }

        _added = new(definition.AddedTokens.Where(token => !token.Normalized));
        _addedNormalized = new(definition.AddedTokens
            .Where(token => token.Normalized)
            .Select(token => token with { Content = Normalized(token.Content) }));
        SpecialTokens = definition.AddedTokens.Where(token => token.Special).ToDictionary(token => token.Content, token => token.Id);
        _bpe = BpeTokenizer.Create(new(definition.Vocabulary)
        {
            Merges = definition.Merges,
            ByteLevel = true,
            PreTokenizer = definition.Split,
            SpecialTokens = definition.IgnoreMerges ? WholePieces(definition.Vocabulary) : null,
        });
        KnownChat = ChatTemplate.Of(this);
    }

    /// <summary>The highest id and one. Ids between may be unused.</summary>
    public int VocabularySize { get; }

    /// <summary>The tokens that control the model, and their ids.</summary>
    public IReadOnlyDictionary<string, int> SpecialTokens { get; }

    /// <summary>The id of the special token that stands before every text, where the model wants one. Encode does not add it.</summary>
    public int? BeginOfText => Definition.BeginOfText?.Id;

    /// <summary>How conversations are written.</summary>
    /// <exception cref="StreamDistillException">The vocabulary has the special tokens of no template that is known.</exception>
    public ChatTemplate Chat => KnownChat ?? throw new StreamDistillException(
        "The tokenizer has no chat template that is known: its special tokens have neither <|im_start|> and <|im_end|> (ChatML) nor "
        + "<|start_header_id|>, <|end_header_id|> and <|eot_id|> (Llama 3). Take a model that was tuned for conversation, or add the tokens to its tokenizer.json.");

    /// <summary><see cref="Chat"/>, or null.</summary>
    internal ChatTemplate? KnownChat { get; }

    internal TokenizerDefinition Definition { get; }

    /// <summary>Reads the tokenizer.json of a model's directory.</summary>
    /// <exception cref="StreamDistillException">There is none, it is damaged, or it asks for what is not supported.</exception>
    public static StudentTokenizer Read(string directory)
    {
        var path = Path.Combine(directory, FileName);
        var definition = TokenizerFileReader.Read(path);
        try
        {
            return new(definition);
        }
        catch (Exception e) when (e is InvalidOperationException or ArgumentException)
        {
            throw new StreamDistillException(
                $"{path}: model.merges and model.vocab do not fit each other: {e.Message} Get the file again from where the model came from.",
                innerException: e);
        }
    }

    /// <summary>Writes tokenizer.json, and tokenizer_config.json with the chat template, as transformers and vLLM read them.</summary>
    public void Write(string directory)
    {
        Directory.CreateDirectory(directory);
        TokenizerFileWriter.Write(Path.Combine(directory, FileName), Definition);
        TokenizerConfigFile.Write(Path.Combine(directory, TokenizerConfigFile.Name), this);
    }

    /// <summary>The ids of the text's tokens.</summary>
    /// <param name="text">The text.</param>
    /// <param name="allowSpecial">
    /// Whether special tokens are looked for in the text, as Hugging Face's tokenizers do. Without, they are text like any
    /// other: what people write cannot pass for control tokens.
    /// </param>
    public IReadOnlyList<int> Encode(string text, bool allowSpecial = false)
    {
        IReadOnlyList<int>? first = null;
        List<int>? ids = null;
        foreach (var (piece, token) in Pieces(WellFormed(text), allowSpecial))
        {
            IReadOnlyList<int> more = token is null ? _bpe.EncodeToIds(piece) : [token.Id];
            if (first is null)
            {
                first = more;
                continue;
            }

            ids ??= [.. first];
            ids.AddRange(more);
        }

        return ids ?? first ?? [];
    }

    /// <summary>The ids of the tokens of UTF-8 text. Each longest invalid sequence of bytes counts as U+FFFD.</summary>
    /// <inheritdoc cref="Encode(string, bool)"/>
    public IReadOnlyList<int> Encode(ReadOnlySpan<byte> text, bool allowSpecial = false) => Encode(Encoding.UTF8.GetString(text), allowSpecial);

    /// <summary>How many tokens the text has; special tokens in it are text.</summary>
    public int Count(string text) => Encode(text).Count;

    /// <summary>The text of the tokens. Bytes that are no valid UTF-8 become U+FFFD; ids without a token are left out.</summary>
    /// <param name="ids">The tokens.</param>
    /// <param name="skipSpecial">Whether special tokens are left out.</param>
    public string Decode(IEnumerable<int> ids, bool skipSpecial = true)
    {
        var bytes = new ArrayBufferWriter<byte>();
        foreach (var id in ids)
        {
            if (!(skipSpecial && IsSpecial(id)))
            {
                bytes.Write(TokenBytes(id).Span);
            }
        }

        return Encoding.UTF8.GetString(bytes.WrittenSpan);
    }

    /// <summary>The token as the vocabulary writes it, each byte a character; empty for an id without a token.</summary>
    public string Token(int id) => (uint)id < (uint)_tokens.Length ? _tokens[id] ?? "" : "";

    /// <summary>The bytes that the token stands for; none for an id without a token.</summary>
    public ReadOnlyMemory<byte> TokenBytes(int id) => (uint)id < (uint)_bytes.Length ? _bytes[id] : default(ReadOnlyMemory<byte>);

    /// <summary>The id of a token, written as the vocabulary writes it; null where there is no such token.</summary>
    public int? IdOf(string token)
    {
        foreach (var added in Definition.AddedTokens)
        {
            if (added.Content == token)
            {
                return added.Id;
            }
        }

        return Definition.Vocabulary.TryGetValue(token, out var id) ? id : null;
    }

    internal bool IsSpecial(int id) => (uint)id < (uint)_special.Length && _special[id];

    private IEnumerable<(string Text, AddedToken? Token)> Pieces(string text, bool allowSpecial)
    {
        foreach (var (piece, token) in _added.Split(text, allowSpecial))
        {
            if (token is not null)
            {
                yield return (piece, token);
                continue;
            }

            foreach (var inner in _addedNormalized.Split(Normalized(piece), allowSpecial))
            {
                yield return inner;
            }
        }
    }

    private string Normalized(string text) => Definition.ComposesText ? CanonicalForm.Compose(text) : text;

    /// <summary>What is looked up before merging: the tokens that are whole text.</summary>
    private Dictionary<string, int> WholePieces(IReadOnlyDictionary<string, int> vocabulary)
    {
        var pieces = new Dictionary<string, int>(vocabulary.Count);
        foreach (var id in vocabulary.Values)
        {
            if (Utf8.IsValid(_bytes[id]))
            {
                pieces.TryAdd(Encoding.UTF8.GetString(_bytes[id]!), id);
            }
        }

        return pieces;
    }

    private static string WellFormed(string text)
    {
        var first = text.AsSpan().IndexOfAnyInRange('\uD800', '\uDFFF');
        return first < 0 ? text : Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text));
    }
}
