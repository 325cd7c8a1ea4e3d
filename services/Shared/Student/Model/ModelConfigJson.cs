using System.Text.Json;
using System.Text.Json.Nodes;
using StreamDistill.Contracts;
using static TorchSharp.torch;

namespace StreamDistill.Student;

/// <summary>config.json, read strictly: a field that would change what a model computes is either obeyed or refused by name.</summary>
internal static class ModelConfigJson
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    /// <summary>The fields that <see cref="ModelConfig"/> stands for; all others are kept as they are.</summary>
    private static readonly HashSet<string> Known =
    [
        "architectures", "model_type", "vocab_size", "hidden_size", "intermediate_size", "num_hidden_layers", "num_attention_heads",
        "num_key_value_heads", "head_dim", "max_position_embeddings", "rms_norm_eps", "rope_theta", "rope_scaling", "rope_parameters",
        "tie_word_embeddings", "attention_bias", "bos_token_id", "eos_token_id", "torch_dtype", "dtype", "hidden_act",
    ];

    public static ModelConfig Read(string path)
    {
        try
        {
            using var document = JsonDocument.Parse(File.ReadAllBytes(path));
            var fields = new JsonFields(path, document.RootElement);
            RefuseUnknownComputation(fields);
            var config = Read(fields);
            config.Validate();
            return config;
        }
        catch (ArgumentException exception)
        {
            throw new StreamDistillException($"{path}: {exception.Message}", innerException: exception);
        }
        catch (Exception exception) when (exception is JsonException or IOException or UnauthorizedAccessException)
        {
            throw new StreamDistillException($"{path} cannot be read: {exception.Message}", innerException: exception);
        }
    }

    public static void Write(ModelConfig config, string path)
    {
        var qwen = config.Family == ModelFamily.Qwen2;
        var json = new JsonObject
        {
            ["architectures"] = new JsonArray(qwen ? "Qwen2ForCausalLM" : "LlamaForCausalLM"),
            ["model_type"] = qwen ? "qwen2" : "llama",
            ["vocab_size"] = config.VocabularySize,
            ["hidden_size"] = config.HiddenSize,
            ["intermediate_size"] = config.IntermediateSize,
            ["num_hidden_layers"] = config.Layers,
            ["num_attention_heads"] = config.Heads,
            ["num_key_value_heads"] = config.KeyValueHeads,
            ["head_dim"] = config.HeadSize,
            ["hidden_act"] = "silu",
            ["max_position_embeddings"] = config.MaxPositions,
            ["rms_norm_eps"] = config.NormEpsilon,
            ["rope_theta"] = config.RopeTheta,
            ["rope_scaling"] = config.RopeScaling is { } scaling ? RopeScalingJson.Write(scaling) : null,
            ["tie_word_embeddings"] = config.TieEmbeddings,
            ["bos_token_id"] = config.BosTokenId,
            ["eos_token_id"] = config.EosTokenIds.Count == 1
                ? config.EosTokenIds[0]
                : config.EosTokenIds.Count == 0 ? null : new JsonArray([.. config.EosTokenIds.Select(id => JsonValue.Create(id))]),
            ["torch_dtype"] = TypeWord(config.WeightType),
        };
        if (!qwen)
        {
            json["attention_bias"] = config.QueryKeyValueBias;
        }

        foreach (var (name, value) in config.Other)
        {
            json[name] = JsonSerializer.SerializeToNode(value);
        }

        var bytes = JsonSerializer.SerializeToUtf8Bytes(json, Indented);
        DurableFile.Write(path, stream => stream.Write(bytes));
    }

    private static ModelConfig Read(JsonFields fields)
    {
        var family = fields.Text("model_type") switch
        {
            "llama" => ModelFamily.Llama,
            "qwen2" => ModelFamily.Qwen2,
            var other => throw fields.Refusal("model_type", $"'{other}' is not supported; llama and qwen2 are"),
        };
        var hidden = fields.Size("hidden_size");
        var heads = fields.Size("num_attention_heads");
        var keyValueHeads = fields.Size("num_key_value_heads", heads);
        var headSize = fields.Size("head_dim", hidden / heads);
        if (!fields.Has("head_dim") && hidden % heads != 0)
        {
            throw fields.Refusal("head_dim", $"must be given where hidden_size {hidden} is no multiple of the {heads} attention heads");
        }

        var rope = fields.Has("rope_parameters") ? fields.Object("rope_parameters") : null;
        return new ModelConfig
        {
            Family = family,
            VocabularySize = fields.Size("vocab_size"),
            HiddenSize = hidden,
            IntermediateSize = fields.Size("intermediate_size"),
            Layers = fields.Size("num_hidden_layers"),
            Heads = heads,
            KeyValueHeads = keyValueHeads,
            HeadSize = headSize,
            MaxPositions = fields.Size("max_position_embeddings"),
            NormEpsilon = fields.Positive("rms_norm_eps", 1e-6),
            RopeTheta = (rope ?? fields).Positive("rope_theta", 10_000),
            RopeScaling = (rope ?? (fields.Has("rope_scaling") ? fields.Object("rope_scaling") : null)) is { } scaling ? RopeScalingJson.Read(scaling) : null,
            TieEmbeddings = fields.Flag("tie_word_embeddings"),
            QueryKeyValueBias = family == ModelFamily.Qwen2 || fields.Flag("attention_bias"),
            BosTokenId = fields.Has("bos_token_id") && fields.Ids("bos_token_id") is [var bos, ..] ? bos : null,
            EosTokenIds = fields.Has("eos_token_id") ? fields.Ids("eos_token_id") : [],
            WeightType = ReadType(fields),
            Other = fields.Except(Known),
        };
    }

    private static void RefuseUnknownComputation(JsonFields fields)
    {
        void Refuse(bool present, string name, string reason)
        {
            if (present)
            {
                throw fields.Refusal(name, reason);
            }
        }

        var act = fields.Has("hidden_act") ? fields.Text("hidden_act") : "silu";
        Refuse(act is not ("silu" or "swish"), "hidden_act", $"'{act}' is not supported; silu is");
        Refuse(fields.Flag("use_sliding_window"), "use_sliding_window", "sliding-window attention is not supported");
        Refuse(fields.Has("sliding_window") && !fields.Has("use_sliding_window"), "sliding_window", "sliding-window attention is not supported");
        Refuse(
            fields.Has("layer_types") && fields.Texts("layer_types").Any(type => type != "full_attention"),
            "layer_types",
            "only full_attention is supported");
        Refuse(fields.Number("attention_dropout", 0) != 0, "attention_dropout", "dropout is not supported; set it to 0");
        Refuse(fields.Flag("mlp_bias"), "mlp_bias", "biases in the MLP are not supported");
        Refuse(fields.Number("partial_rotary_factor", 1) != 1, "partial_rotary_factor", "only fully rotated heads are supported");
        foreach (var name in new[] { "quantization_config", "num_experts", "num_local_experts", "n_routed_experts" })
        {
            Refuse(fields.Has(name), name, "quantised models and mixtures of experts are not supported");
        }
    }

    private static ScalarType ReadType(JsonFields fields)
    {
        var name = fields.Has("torch_dtype") ? "torch_dtype" : "dtype";
        return (fields.Has(name) ? fields.Text(name) : "float32") switch
        {
            "float32" => ScalarType.Float32,
            "float16" => ScalarType.Float16,
            "bfloat16" => ScalarType.BFloat16,
            var other => throw fields.Refusal(name, $"'{other}' is not supported; float32, float16 and bfloat16 are"),
        };
    }

    private static string TypeWord(ScalarType type) => type switch
    {
        ScalarType.Float32 => "float32",
        ScalarType.Float16 => "float16",
        ScalarType.BFloat16 => "bfloat16",
        _ => throw new ArgumentException($"Weights of {type} are not supported; float32, float16 and bfloat16 are."),
    };
}
