using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using StreamDistill.Contracts;

namespace StreamDistill.Student;

/// <summary>
/// tokenizer_config.json: what transformers and vLLM read beside tokenizer.json. It is written, never read: the special
/// tokens say which template it is, and a student is served with the template that it was trained with.
/// </summary>
internal static class TokenizerConfigFile
{
    public const string Name = "tokenizer_config.json";

    private static readonly JsonSerializerOptions Readable = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static void Write(string path, StudentTokenizer tokenizer)
    {
        const string EndOfText = "<|endoftext|>";
        var endOfText = tokenizer.SpecialTokens.ContainsKey(EndOfText) ? EndOfText : null;
        var endOfTurn = tokenizer.KnownChat is { } chat ? tokenizer.Token(chat.EndOfTurn) : endOfText;
        var config = new JsonObject
        {
            ["tokenizer_class"] = "PreTrainedTokenizerFast",
            ["bos_token"] = tokenizer.BeginOfText is { } begin ? tokenizer.Token(begin) : null,
            ["eos_token"] = endOfTurn,
            ["pad_token"] = endOfText ?? endOfTurn,
            ["unk_token"] = null,
            ["clean_up_tokenization_spaces"] = false,
            ["chat_template"] = tokenizer.KnownChat?.Jinja,
        };
        DurableFile.Write(path, stream => stream.Write(Encoding.UTF8.GetBytes(config.ToJsonString(Readable) + "\n")));
    }
}
