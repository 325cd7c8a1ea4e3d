using System.Text.Encodings.Web;
using System.Text.Json;
using StreamDistill.Contracts;

namespace StreamDistill.Student;

/// <summary>Writes tokenizer.json as Hugging Face's tokenizers read it, all versions: merges as "a b".</summary>
internal static class TokenizerFileWriter
{
    private static readonly JsonWriterOptions Readable = new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static void Write(string path, TokenizerDefinition definition) =>
        DurableFile.Write(path, stream => Write(stream, definition));

    private static void Write(Stream stream, TokenizerDefinition definition)
    {
        using var json = new Utf8JsonWriter(stream, Readable);
        json.WriteStartObject();
        json.WriteString("version", "1.0");
        json.WriteNull("truncation");
        json.WriteNull("padding");
        WriteAddedTokens(json, definition.AddedTokens);
        if (definition.ComposesText)
        {
            WriteComponent(json, "normalizer", "NFC");
        }
        else
        {
            json.WriteNull("normalizer");
        }

        WriteSplit(json, definition.Split);
        WritePostProcessor(json, definition.BeginOfText);
        WriteByteLevel(json, "decoder", byRegex: true);
        WriteModel(json, definition);
        json.WriteEndObject();
    }

    private static void WriteAddedTokens(Utf8JsonWriter json, IEnumerable<AddedToken> tokens)
    {
        json.WriteStartArray("added_tokens");
        foreach (var token in tokens.OrderBy(token => token.Id))
        {
            json.WriteStartObject();
            json.WriteNumber("id", token.Id);
            json.WriteString("content", token.Content);
            json.WriteBoolean("single_word", false);
            json.WriteBoolean("lstrip", false);
            json.WriteBoolean("rstrip", false);
            json.WriteBoolean("normalized", token.Normalized);
            json.WriteBoolean("special", token.Special);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteSplit(Utf8JsonWriter json, SplitPattern split)
    {
        if (split == SplitPattern.Gpt2)
        {
            WriteByteLevel(json, "pre_tokenizer", byRegex: true);
            return;
        }

        json.WriteStartObject("pre_tokenizer");
        json.WriteString("type", "Sequence");
        json.WriteStartArray("pretokenizers");
        json.WriteStartObject();
        if (split.DigitsFirst)
        {
            json.WriteString("type", "Digits");
            json.WriteBoolean("individual_digits", true);
        }
        else
        {
            json.WriteString("type", "Split");
            json.WriteStartObject("pattern");
            json.WriteString("Regex", split.Regex);
            json.WriteEndObject();
            json.WriteString("behavior", "Isolated");
            json.WriteBoolean("invert", false);
        }

        json.WriteEndObject();
        WriteByteLevel(json, name: null, byRegex: split.DigitsFirst);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WritePostProcessor(Utf8JsonWriter json, AddedToken? begin)
    {
        if (begin is null)
        {
            WriteByteLevel(json, "post_processor", byRegex: true);
            return;
        }

        json.WriteStartObject("post_processor");
        json.WriteString("type", "TemplateProcessing");
        WriteTemplate(json, "single", begin, "A");
        WriteTemplate(json, "pair", begin, "A", "B");
        json.WriteStartObject("special_tokens");
        json.WriteStartObject(begin.Content);
        json.WriteString("id", begin.Content);
        json.WriteStartArray("ids");
        json.WriteNumberValue(begin.Id);
        json.WriteEndArray();
        json.WriteStartArray("tokens");
        json.WriteStringValue(begin.Content);
        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteEndObject();
    }

    /// <summary>Each text with the special token before it.</summary>
    private static void WriteTemplate(Utf8JsonWriter json, string name, AddedToken begin, params string[] texts)
    {
        json.WriteStartArray(name);
        for (var type = 0; type < texts.Length; type++)
        {
            WritePiece("SpecialToken", begin.Content, type);
            WritePiece("Sequence", texts[type], type);
        }

        json.WriteEndArray();

        void WritePiece(string kind, string id, int type)
        {
            json.WriteStartObject();
            json.WriteStartObject(kind);
            json.WriteString("id", id);
            json.WriteNumber("type_id", type);
            json.WriteEndObject();
            json.WriteEndObject();
        }
    }

    private static void WriteByteLevel(Utf8JsonWriter json, string? name, bool byRegex)
    {
        WriteStart(json, name, "ByteLevel");
        json.WriteBoolean("add_prefix_space", false);
        json.WriteBoolean("trim_offsets", true);
        json.WriteBoolean("use_regex", byRegex);
        json.WriteEndObject();
    }

    private static void WriteComponent(Utf8JsonWriter json, string name, string type)
    {
        WriteStart(json, name, type);
        json.WriteEndObject();
    }

    private static void WriteStart(Utf8JsonWriter json, string? name, string type)
    {
        if (name is null)
        {
            json.WriteStartObject();
        }
        else
        {
            json.WriteStartObject(name);
        }

        json.WriteString("type", type);
    }

    private static void WriteModel(Utf8JsonWriter json, TokenizerDefinition definition)
    {
        WriteStart(json, "model", "BPE");
        json.WriteNull("dropout");
        json.WriteNull("unk_token");
        json.WriteNull("continuing_subword_prefix");
        json.WriteNull("end_of_word_suffix");
        json.WriteBoolean("fuse_unk", false);
        json.WriteBoolean("byte_fallback", false);
        json.WriteBoolean("ignore_merges", definition.IgnoreMerges);
        json.WriteStartObject("vocab");
        foreach (var (token, id) in definition.Vocabulary.OrderBy(entry => entry.Value))
        {
            json.WriteNumber(token, id);
        }

        json.WriteEndObject();
        json.WriteStartArray("merges");
        foreach (var merge in definition.Merges)
        {
            json.WriteStringValue(merge);
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }
}
