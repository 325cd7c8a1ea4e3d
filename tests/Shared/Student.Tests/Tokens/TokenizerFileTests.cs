using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using StreamDistill.Contracts;
using StreamDistill.Student;

namespace Student.Tests.Tokens;

public sealed class TokenizerFileTests : IDisposable
{
    /// <summary>The file of a small tokenizer.</summary>
    private static readonly Lazy<string> Small = new(() =>
    {
        using var directory = new ScratchDirectory();
        BpeTrainer.Train(["xq xq xq xq " + Corpus.Languages[0]], new() { VocabularySize = 400 }).Write(directory.Path);
        return File.ReadAllText(Path.Combine(directory.Path, StudentTokenizer.FileName));
    });

    private readonly ScratchDirectory _directory = new();

    /// <summary>A change to a file that is well-formed, and what the refusal says.</summary>
    public static TheoryData<string, string, string> Refused => new()
    {
        { "model.type", "\"Unigram\"", "model is {" },
        { "model.unk_token", "\"[UNK]\"", "model.unk_token is \"[UNK]\"" },
        { "model.dropout", "0.1", "model.dropout is 0.1" },
        { "model.byte_fallback", "true", "model.byte_fallback is true" },
        { "model.vocab", "[]", "model.vocab is []; supported: an object" },
        { "model.vocab", "{}", "model.vocab is without a token for byte 0x00" },
        { "model.vocab.A", "-1", "model.vocab, token 'A' is -1; supported: an id from 0" },
        { "model.vocab.A", "99999999999", "is 99999999999; supported: an id from 0" },
        { "model.vocab.A", "33", "is there twice" },
        { "model.vocab.A", "\"x\"", "is \"x\"; supported: an id" },
        { "model.merges", "null", "model.merges is null; supported: a list" },
        { "model.merges", "[\"ab\"]", "model.merges[0] is \"ab\"" },
        { "model.merges", "[[\"a\", \"b\", \"c\"]]", "model.merges[0] is [" },
        { "model.merges", "[[\"a\", \" b\"]]", "model.merges[0] is [" },
        { "model.merges", "[\"a nosuchtoken\"]", "do not fit each other" },
        { "normalizer", "{\"type\": \"Lowercase\"}", "normalizer is {\"type\":\"Lowercase\"}; supported: none, or NFC" },
        { "pre_tokenizer", "{\"type\": \"Metaspace\"}", "pre_tokenizer is {\"type\":\"Metaspace\"}; supported: ByteLevel" },
        { "pre_tokenizer", "null", "pre_tokenizer is null" },
        { "pre_tokenizer", "{\"type\": \"ByteLevel\", \"add_prefix_space\": true}", "pre_tokenizer is {" },
        { "pre_tokenizer.pretokenizers", "7", "pre_tokenizer is 7; supported: a list" },
        { "post_processor", "{\"type\": \"BertProcessing\"}", "post_processor is {\"type\":\"BertProcessing\"}; supported: TemplateProcessing" },
        { "post_processor", "{\"type\": \"TemplateProcessing\", \"single\": [{\"Sequence\": {\"id\": \"A\"}}, {\"SpecialToken\": {\"id\": \"<|im_end|>\"}}]}", "supported: a template of the text alone" },
        { "decoder", "null", "decoder is null; supported: ByteLevel" },
        { "added_tokens", "[{\"id\": 900, \"content\": \"<x>\", \"lstrip\": true}]", "added_tokens[0].lstrip is true" },
        { "added_tokens", "[{\"id\": 900, \"content\": \"\"}]", "added_tokens[0] is '' with id 900" },
        { "added_tokens", "[{\"id\": 0, \"content\": \"<x>\"}]", "added_tokens[0] is '<x>' with id 0" },
        { "added_tokens", "[{\"id\": 900, \"content\": \"A\"}]", "added_tokens[0] is 'A' with id 900" },
        { "added_tokens", "[5]", "added_tokens[0] is 5; supported: an object" },
        { "added_tokens", "[{\"content\": \"<x>\"}]", "added_tokens[0].id is missing" },
        { "added_tokens", "[{\"id\": 900, \"content\": \"<x>\", \"special\": \"yes\"}]", "added_tokens[0].special is \"yes\"; supported: true or false" },
    };

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void A_written_tokenizer_reads_as_the_same()
    {
        foreach (var pattern in StudentTokenizerTests.Patterns.Select(row => row.Data))
        {
            var written = Trained.With(pattern);
            written.Write(_directory.Path);
            var read = StudentTokenizer.Read(_directory.Path);
            Assert.Same(pattern, read.Definition.Split);
            Assert.Equal(written.VocabularySize, read.VocabularySize);
            Assert.Equal(written.SpecialTokens, read.SpecialTokens);
            Assert.All(Corpus.Languages.Concat(Corpus.Oddities), text => Assert.Equal(written.Encode(text, allowSpecial: true), read.Encode(text, allowSpecial: true)));
            var bytes = File.ReadAllBytes(FilePath);
            read.Write(_directory.Path);
            Assert.Equal(bytes, File.ReadAllBytes(FilePath));
        }
    }

    [Fact]
    public void What_only_other_models_have_is_read_and_written_too()
    {
        Write(json =>
        {
            json["normalizer"] = JsonNode.Parse("""{"type": "NFC"}""");
            json["model"]!["ignore_merges"] = true;
            json["model"]!["merges"] = new JsonArray(); // with pairs and no merges, only whole pieces are tokens
            json["post_processor"] = JsonNode.Parse(
                """
                {"type": "Sequence", "processors": [{"type": "ByteLevel", "trim_offsets": false}, {"type": "TemplateProcessing",
                 "single": [{"SpecialToken": {"id": "<|im_start|>", "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}}]}]}
                """);
            json["added_tokens"]!.AsArray().Add(JsonNode.Parse("""{"id": 2000, "content": "<think>", "special": false, "normalized": true}"""));
        });
        var tokenizer = StudentTokenizer.Read(_directory.Path);
        tokenizer.Write(_directory.Path);
        foreach (var read in (StudentTokenizer[])[tokenizer, StudentTokenizer.Read(_directory.Path)])
        {
            Assert.Equal(read.SpecialTokens["<|im_start|>"], read.BeginOfText);
            Assert.Equal(2001, read.VocabularySize);
            Assert.Equal([2000, .. read.Encode("x")], read.Encode("<think>x")); // no special token: found always
            Assert.Equal("<think>x", read.Decode(read.Encode("<think>x")));
            Assert.Equal(read.Encode("\u00E9"), read.Encode("e\u0301"));
            Assert.Single(read.Encode("xq")); // in the vocabulary
            Assert.Equal(3, read.Encode("xqz").Count); // not in it, and nothing merges
        }
    }

    [Fact]
    public void Merges_are_read_in_both_forms()
    {
        Write(_ => { });
        var expected = StudentTokenizer.Read(_directory.Path).Encode(Corpus.Languages[0]);
        Write(json => json["model"]!["merges"] = new JsonArray(
            [.. json["model"]!["merges"]!.AsArray().Select(merge => new JsonArray([.. merge!.GetValue<string>().Split(' ').Select(token => (JsonNode)token)]))]));
        Assert.Equal(expected, StudentTokenizer.Read(_directory.Path).Encode(Corpus.Languages[0]));
    }

    [Theory]
    [MemberData(nameof(Refused))]
    public void What_is_wrong_or_not_supported_is_refused_by_name(string field, string value, string message)
    {
        Write(json =>
        {
            var names = field.Split('.');
            var parent = names[..^1].Aggregate((JsonNode)json, (node, name) => node[name]!);
            parent[names[^1]] = JsonNode.Parse(value);
        });
        var refusal = Assert.Throws<StreamDistillException>(() => StudentTokenizer.Read(_directory.Path)).Message;
        Assert.StartsWith(FilePath + ": ", refusal);
        Assert.Contains(message, refusal);
    }

    [Fact]
    public void A_file_cut_anywhere_or_of_other_bytes_is_refused()
    {
        Write(_ => { });
        var bytes = File.ReadAllBytes(FilePath);
        var random = new Random(5);
        for (var i = 0; i < 20; i++)
        {
            File.WriteAllBytes(FilePath, bytes[..random.Next(bytes.Length - 2)]);
            Assert.Contains("is damaged", Assert.Throws<StreamDistillException>(() => StudentTokenizer.Read(_directory.Path)).Message);
        }

        foreach (var text in (string[])["", "null", "[]", "\"x\"", "{}", "\0\0\0\0", "{\"model\": 5}", "{\"model\": {\"type\": \"BPE\", \"vocab\": {\"\\ud800\": 0}}}"])
        {
            File.WriteAllText(FilePath, text, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false));
            Assert.StartsWith(FilePath, Assert.Throws<StreamDistillException>(() => StudentTokenizer.Read(_directory.Path)).Message);
        }
    }

    [Fact]
    public void Changed_bytes_are_read_or_refused_but_nothing_else()
    {
        Write(json => json["model"]!["merges"] = new JsonArray());
        var bytes = File.ReadAllBytes(FilePath);
        var random = new Random(6);
        var refused = 0;
        for (var i = 0; i < 100; i++)
        {
            var changed = bytes.ToArray();
            changed[random.Next(changed.Length)] = (byte)random.Next(256);
            File.WriteAllBytes(FilePath, changed);
            try
            {
                StudentTokenizer.Read(_directory.Path).Encode("any text, 123");
            }
            catch (StreamDistillException)
            {
                refused++;
            }
        }

        Assert.InRange(refused, 10, 99);
    }

    [Fact]
    public void A_directory_without_a_tokenizer_says_so() =>
        Assert.StartsWith($"{FilePath} cannot be read: ", Assert.Throws<StreamDistillException>(() => StudentTokenizer.Read(_directory.Path)).Message);

    [Fact]
    public void What_serves_the_student_finds_its_template_and_its_end_of_turn()
    {
        Trained.Qwen2.Write(_directory.Path);
        using var config = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(_directory.Path, "tokenizer_config.json")));
        Assert.Equal("<|im_end|>", config.RootElement.GetProperty("eos_token").GetString());
        Assert.Equal("<|endoftext|>", config.RootElement.GetProperty("pad_token").GetString());
        Assert.Equal(Trained.Qwen2.Chat.Jinja, config.RootElement.GetProperty("chat_template").GetString());
        Assert.Equal("PreTrainedTokenizerFast", config.RootElement.GetProperty("tokenizer_class").GetString());
    }

    private string FilePath => Path.Combine(_directory.Path, "tokenizer.json");

    /// <summary>Writes the small tokenizer's file, changed.</summary>
    private void Write(Action<JsonObject> change)
    {
        var json = JsonNode.Parse(Small.Value)!.AsObject();
        change(json);
        File.WriteAllText(FilePath, json.ToJsonString());
    }
}
