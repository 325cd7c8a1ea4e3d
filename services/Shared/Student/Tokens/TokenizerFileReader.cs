using System.Text.Json;
using StreamDistill.Contracts;

namespace StreamDistill.Student;

/// <summary>
/// Reads Hugging Face's tokenizer.json of a byte-level BPE model. What would make its tokens differ from ours is refused
/// by name; truncation and padding are left aside, as their own loader sets them anew with each call.
/// </summary>
internal sealed class TokenizerFileReader
{
    private const long FileBytesMax = 256 * 1024 * 1024;

    /// <summary>More than any model has; ids index arrays.</summary>
    private const int IdMax = (1 << 22) - 1;

    private static readonly SplitPattern[] SplitPatterns = [SplitPattern.Llama3, SplitPattern.Qwen2, SplitPattern.Gpt2];

    private readonly string _path;

    private TokenizerFileReader(string path) => _path = path;

    /// <exception cref="StreamDistillException">The file is missing, damaged, or asks for what is not supported.</exception>
    public static TokenizerDefinition Read(string path)
    {
        var reader = new TokenizerFileReader(path);
        try
        {
            if (new FileInfo(path).Length > FileBytesMax)
            {
                throw reader.Wrong("", "larger than any tokenizer", $"at most {FileBytesMax >> 20} MiB");
            }

            using var document = JsonDocument.Parse(File.ReadAllBytes(path));
            return reader.Read(document.RootElement);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StreamDistillException(
                $"{path} cannot be read: {e.Message} A model's directory has a tokenizer.json; where it has only vocab.json and merges.txt, transformers' save_pretrained writes one.",
                innerException: e);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // InvalidOperationException: a string that is no Unicode text.
            throw new StreamDistillException($"{path} is damaged: {e.Message} Get the file again from where the model came from.", innerException: e);
        }
    }

    private TokenizerDefinition Read(JsonElement root)
    {
        var model = Field(root, "model", "");
        CheckModel(model);
        var vocabulary = ReadVocabulary(model);
        var added = ReadAddedTokens(Field(root, "added_tokens", ""), vocabulary);
        RequireType(Field(root, "decoder", ""), "decoder", "ByteLevel");
        return new()
        {
            Vocabulary = vocabulary,
            Merges = ReadMerges(Field(model, "merges", "model")),
            IgnoreMerges = Flag(model, "ignore_merges", "model"),
            AddedTokens = added,
            ComposesText = ReadNormalizer(Field(root, "normalizer", "")),
            Split = ReadPreTokenizer(Field(root, "pre_tokenizer", "")),
            BeginOfText = ReadPostProcessor(Field(root, "post_processor", ""), added),
        };
    }

    private void CheckModel(JsonElement model)
    {
        RequireType(model, "model", "BPE");
        foreach (var name in (string[])["unk_token", "continuing_subword_prefix", "end_of_word_suffix", "dropout", "byte_fallback"])
        {
            var value = Field(model, name, "model");
            var isNone = IsNull(value) || value.ValueKind == JsonValueKind.False || IsText(value, "")
                || (value.ValueKind == JsonValueKind.Number && value.GetDouble() == 0);
            if (!isNone)
            {
                throw Wrong($"model.{name}", Shown(value), "none, as in byte-level BPE");
            }
        }
    }

    private Dictionary<string, int> ReadVocabulary(JsonElement model)
    {
        var entries = Field(model, "vocab", "model");
        var vocabulary = new Dictionary<string, int>();
        var ids = new HashSet<int>();
        if (entries.ValueKind != JsonValueKind.Object)
        {
            throw Wrong("model.vocab", Shown(entries), "an object of tokens and ids");
        }

        foreach (var entry in entries.EnumerateObject())
        {
            var id = ReadId(entry.Value, $"model.vocab, token '{entry.Name}'");
            if (!vocabulary.TryAdd(entry.Name, id) || !ids.Add(id))
            {
                throw Wrong($"model.vocab, token '{entry.Name}' with id {id}", "there twice", "each token and each id once");
            }
        }

        for (var value = 0; value < 256; value++)
        {
            if (!vocabulary.ContainsKey(ByteAlphabet.Character((byte)value).ToString()))
            {
                throw Wrong("model.vocab", $"without a token for byte 0x{value:X2}", "vocabularies that can encode every text");
            }
        }

        return vocabulary;
    }

    /// <summary>Both forms: "a b" and ["a", "b"].</summary>
    private List<string> ReadMerges(JsonElement merges)
    {
        var read = new List<string>();
        foreach (var merge in Items(merges, "model.merges"))
        {
            var text = merge.ValueKind switch
            {
                JsonValueKind.String => merge.GetString()!,
                JsonValueKind.Array when merge.GetArrayLength() == 2 && merge[0].ValueKind == JsonValueKind.String && merge[1].ValueKind == JsonValueKind.String
                    => merge[0].GetString() + " " + merge[1].GetString(),
                _ => "",
            };
            if (text.AsSpan().Count(' ') != 1 || text[0] == ' ' || text[^1] == ' ')
            {
                throw Wrong($"model.merges[{read.Count}]", Shown(merge), "two tokens of the byte alphabet");
            }

            read.Add(text);
        }

        return read;
    }

    private List<AddedToken> ReadAddedTokens(JsonElement tokens, Dictionary<string, int> vocabulary)
    {
        var read = new List<AddedToken>();
        var contents = new HashSet<string>();
        var ids = vocabulary.ToDictionary(entry => entry.Value, entry => entry.Key);
        foreach (var token in IsNull(tokens) ? [] : Items(tokens, "added_tokens"))
        {
            var where = $"added_tokens[{read.Count}]";
            var content = Field(token, "content", where) is { ValueKind: JsonValueKind.String } text ? text.GetString()! : "";
            var id = ReadId(Field(token, "id", where), where + ".id");
            foreach (var name in (string[])["lstrip", "rstrip", "single_word"])
            {
                if (Flag(token, name, where))
                {
                    throw Wrong($"{where}.{name}", "true", "added tokens that are found wherever they stand in the text, without the space around them");
                }
            }

            var isTaken = (!ids.TryAdd(id, content) && ids[id] != content) || vocabulary.GetValueOrDefault(content, id) != id;
            if (isTaken || content.Length == 0 || !contents.Add(content))
            {
                throw Wrong(where, $"'{content}' with id {id}", "a text that is not empty, each text and each id once");
            }

            read.Add(new(id, content, Flag(token, "special", where), Flag(token, "normalized", where)));
        }

        return read;
    }

    private bool ReadNormalizer(JsonElement normalizer) => Components(normalizer, "normalizers", "normalizer") switch
    {
        [] => false,
        [var only] when IsText(Field(only, "type", "normalizer"), "NFC") => true,
        _ => throw Wrong("normalizer", Shown(normalizer), "none, or NFC"),
    };

    private SplitPattern ReadPreTokenizer(JsonElement preTokenizer)
    {
        const string Name = "pre_tokenizer";
        var parts = Components(preTokenizer, "pretokenizers", Name);
        var last = parts.LastOrDefault();
        if (parts.Count is 1 or 2 && IsText(Field(last, "type", Name), "ByteLevel") && !Flag(last, "add_prefix_space", Name, missing: true))
        {
            var first = parts[0];
            var byRegex = Flag(last, "use_regex", Name, missing: true);
            if (parts.Count == 1 && byRegex)
            {
                return SplitPattern.Gpt2;
            }

            if (parts.Count == 2 && byRegex && IsText(Field(first, "type", Name), "Digits") && Flag(first, "individual_digits", Name))
            {
                return SplitPattern.Gpt2Digits;
            }

            if (parts.Count == 2 && !byRegex && IsText(Field(first, "type", Name), "Split")
                && IsText(Field(first, "behavior", Name), "Isolated") && !Flag(first, "invert", Name)
                && Field(Field(first, "pattern", Name), "Regex", Name) is { ValueKind: JsonValueKind.String } regex
                && SplitPatterns.FirstOrDefault(pattern => IsText(regex, pattern.Regex)) is { } known)
            {
                return known;
            }
        }

        throw Wrong(
            Name,
            Shown(preTokenizer),
            "ByteLevel without add_prefix_space (GPT-2), Digits and ByteLevel (SmolLM), Split with the expression of Llama 3 or Qwen2 and ByteLevel");
    }

    /// <returns>The special token that it puts before every text.</returns>
    private AddedToken? ReadPostProcessor(JsonElement processor, List<AddedToken> added)
    {
        const string Name = "post_processor";
        AddedToken? begin = null;
        foreach (var part in Components(processor, "processors", Name))
        {
            if (IsText(Field(part, "type", Name), "ByteLevel"))
            {
                continue; // It adjusts offsets, which nobody here asks for.
            }

            RequireType(part, Name, "TemplateProcessing");
            var single = Items(Field(part, "single", Name), Name + ".single").ToList();
            if (single.Count > 0 && Field(single[0], "SpecialToken", Name) is { ValueKind: JsonValueKind.Object } special)
            {
                begin = added.Find(token => IsText(Field(special, "id", Name), token.Content));
                single = begin is null ? [] : single[1..];
            }

            if (single is not [var text] || Field(text, "Sequence", Name).ValueKind != JsonValueKind.Object)
            {
                throw Wrong(Name, Shown(part), "a template of the text alone, or of one added token before the text");
            }
        }

        return begin;
    }

    /// <summary>The parts of a Sequence, or the one part that it is.</summary>
    private List<JsonElement> Components(JsonElement element, string parts, string where) =>
        IsNull(element) ? []
        : IsText(Field(element, "type", where), "Sequence") ? [.. Items(Field(element, parts, where), where)]
        : [element];

    private JsonElement Field(JsonElement parent, string name, string where)
    {
        if (parent.ValueKind != JsonValueKind.Object)
        {
            throw Wrong(where, Shown(parent), "an object");
        }

        return parent.TryGetProperty(name, out var value) ? value : default;
    }

    private bool Flag(JsonElement parent, string name, string where, bool missing = false) => Field(parent, name, where) switch
    {
        { ValueKind: JsonValueKind.True } => true,
        { ValueKind: JsonValueKind.False } => false,
        { ValueKind: JsonValueKind.Null or JsonValueKind.Undefined } => missing,
        var other => throw Wrong($"{where}.{name}", Shown(other), "true or false"),
    };

    private IEnumerable<JsonElement> Items(JsonElement element, string where) =>
        element.ValueKind == JsonValueKind.Array ? element.EnumerateArray() : throw Wrong(where, Shown(element), "a list");

    private int ReadId(JsonElement element, string where) =>
        element.ValueKind == JsonValueKind.Number && element.TryGetInt32(out var id) && id is >= 0 and <= IdMax
            ? id
            : throw Wrong(where, Shown(element), $"an id from 0 to {IdMax}");

    private void RequireType(JsonElement element, string where, string type)
    {
        if (IsNull(element) || !IsText(Field(element, "type", where), type))
        {
            throw Wrong(where, Shown(element), type);
        }
    }

    private static bool IsNull(JsonElement element) => element.ValueKind is JsonValueKind.Null or JsonValueKind.Undefined;

    private static bool IsText(JsonElement element, string text) => element.ValueKind == JsonValueKind.String && element.ValueEquals(text);

    private static string Shown(JsonElement element)
    {
        const int LengthMax = 200;
        var raw = element.ValueKind == JsonValueKind.Undefined ? "missing" : element.GetRawText();
        return raw.Length <= LengthMax ? raw : raw[..LengthMax] + "…";
    }

    private StreamDistillException Wrong(string field, string found, string supported) =>
        new($"{_path}: {(field.Length == 0 ? "the file" : field)} is {found}; supported: {supported}.");
}
