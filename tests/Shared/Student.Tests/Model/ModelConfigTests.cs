using System.Text.Json;
using System.Text.Json.Nodes;
using StreamDistill.Contracts;
using StreamDistill.Student;
using TorchSharp;

namespace Student.Tests.Model;

public sealed class ModelConfigTests
{
    /// <summary>config.json of Qwen2.5-0.5B-Instruct.</summary>
    private const string Qwen = """
        {
          "architectures": ["Qwen2ForCausalLM"], "attention_dropout": 0.0, "bos_token_id": 151643, "eos_token_id": 151645,
          "hidden_act": "silu", "hidden_size": 896, "initializer_range": 0.02, "intermediate_size": 4864, "max_position_embeddings": 32768,
          "max_window_layers": 21, "model_type": "qwen2", "num_attention_heads": 14, "num_hidden_layers": 24, "num_key_value_heads": 2,
          "rms_norm_eps": 1e-06, "rope_theta": 1000000.0, "sliding_window": 32768, "tie_word_embeddings": true, "torch_dtype": "bfloat16",
          "transformers_version": "4.43.1", "use_cache": true, "use_sliding_window": false, "vocab_size": 151936
        }
        """;

    /// <summary>config.json of Llama-3.2-1B-Instruct.</summary>
    private const string Llama = """
        {
          "architectures": ["LlamaForCausalLM"], "attention_bias": false, "attention_dropout": 0.0, "bos_token_id": 128000,
          "eos_token_id": [128001, 128008, 128009], "head_dim": 64, "hidden_act": "silu", "hidden_size": 2048, "initializer_range": 0.02,
          "intermediate_size": 8192, "max_position_embeddings": 131072, "mlp_bias": false, "model_type": "llama", "num_attention_heads": 32,
          "num_hidden_layers": 16, "num_key_value_heads": 8, "pretraining_tp": 1, "rms_norm_eps": 1e-05,
          "rope_scaling": {"factor": 32.0, "high_freq_factor": 4.0, "low_freq_factor": 1.0, "original_max_position_embeddings": 8192, "rope_type": "llama3"},
          "rope_theta": 500000.0, "tie_word_embeddings": true, "torch_dtype": "bfloat16", "transformers_version": "4.45.0.dev0", "use_cache": true, "vocab_size": 128256
        }
        """;

    [Fact]
    public void The_fields_of_Qwen2_are_read()
    {
        var config = Read(Qwen);

        Assert.Equal((ModelFamily.Qwen2, 151936, 896, 4864), (config.Family, config.VocabularySize, config.HiddenSize, config.IntermediateSize));
        Assert.Equal((24, 14, 2, 64, 32768), (config.Layers, config.Heads, config.KeyValueHeads, config.HeadSize, config.MaxPositions));
        Assert.Equal((1e-6, 1_000_000d), (config.NormEpsilon, config.RopeTheta));
        Assert.True(config.TieEmbeddings);
        Assert.True(config.QueryKeyValueBias);
        Assert.Equal(151643, config.BosTokenId);
        Assert.Equal([151645], config.EosTokenIds);
        Assert.Equal(torch.ScalarType.BFloat16, config.WeightType);
        Assert.Null(config.RopeScaling);
    }

    [Fact]
    public void The_fields_of_Llama_3_are_read()
    {
        var config = Read(Llama);

        Assert.Equal(ModelFamily.Llama, config.Family);
        Assert.False(config.QueryKeyValueBias);
        Assert.Equal([128001, 128008, 128009], config.EosTokenIds);
        Assert.Equal(new RopeScaling(RopeScalingKind.Llama3, 32) { LowFrequencyFactor = 1, HighFrequencyFactor = 4, OriginalMaxPositions = 8192 }, config.RopeScaling);
    }

    [Theory]
    [InlineData(Qwen)]
    [InlineData(Llama)]
    public void What_is_written_says_all_that_was_read(string json)
    {
        using var scratch = new ScratchDirectory();
        Read(json).Write(scratch.Path);

        var written = JsonNode.Parse(File.ReadAllText(scratch.File(ModelConfig.FileName)))!.AsObject();

        foreach (var (name, value) in JsonNode.Parse(json)!.AsObject())
        {
            Assert.True(JsonNode.DeepEquals(value, written[name]) || value!.ToJsonString().Replace(".0", "") == written[name]!.ToJsonString(), name);
        }

        var again = ModelConfig.Read(scratch.Path);
        again.Write(scratch.Path);
        Assert.True(JsonNode.DeepEquals(written, JsonNode.Parse(File.ReadAllText(scratch.File(ModelConfig.FileName)))));
    }

    [Fact]
    public void The_rope_parameters_of_newer_files_are_read()
    {
        var config = Read(Changed("rope_parameters", """{"rope_type": "linear", "factor": 2.0, "rope_theta": 5000.0}"""));

        Assert.Equal(new RopeScaling(RopeScalingKind.Linear, 2), config.RopeScaling);
        Assert.Equal(5000, config.RopeTheta);
    }

    [Theory]
    [InlineData("model_type", "\"mistral\"", "'mistral' is not supported; llama and qwen2 are")]
    [InlineData("model_type", "7", "must be given, as a text")]
    [InlineData("use_sliding_window", "true", "sliding-window attention is not supported")]
    [InlineData("layer_types", "[\"full_attention\", \"sliding_attention\"]", "only full_attention")]
    [InlineData("attention_dropout", "0.1", "dropout is not supported")]
    [InlineData("hidden_act", "\"gelu\"", "'gelu' is not supported; silu is")]
    [InlineData("quantization_config", "{\"bits\": 4}", "quantised models")]
    [InlineData("num_experts", "8", "mixtures of experts")]
    [InlineData("mlp_bias", "true", "not supported")]
    [InlineData("rope_scaling", "{\"rope_type\": \"longrope\", \"factor\": 2}", "'longrope' is not supported")]
    [InlineData("rope_scaling", "{\"type\": \"linear\", \"factor\": 0.5}", "must be at least 1")]
    [InlineData("rope_scaling", "{\"type\": \"llama3\", \"factor\": 2}", "rope_scaling.low_freq_factor")]
    [InlineData("rope_scaling", "{\"type\": \"yarn\", \"factor\": 2, \"mscale\": 1}", "rope_scaling.mscale")]
    [InlineData("vocab_size", "0", "must be a whole number above 0")]
    [InlineData("vocab_size", "1e99", "must be a whole number above 0")]
    [InlineData("num_key_value_heads", "3", "does not divide")]
    [InlineData("hidden_size", "897", "head_dim")]
    [InlineData("rms_norm_eps", "-1", "must be above 0")]
    [InlineData("eos_token_id", "[\"x\"]", "is no token id")]
    [InlineData("torch_dtype", "\"int8\"", "'int8' is not supported")]
    [InlineData("tie_word_embeddings", "1", "must be true or false")]
    public void What_would_be_computed_otherwise_is_refused_by_its_name(string field, string value, string reason)
    {
        var refusal = Assert.Throws<StreamDistillException>(() => Read(Changed(field, value)));

        Assert.Contains(ModelConfig.FileName, refusal.Message, StringComparison.Ordinal);
        Assert.Contains(reason, refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{")]
    public void A_file_that_is_no_object_is_refused(string json)
    {
        var refusal = Assert.Throws<StreamDistillException>(() => Read(json));

        Assert.Contains(ModelConfig.FileName, refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_file_is_named() =>
        Assert.Contains("/nowhere/config.json", Assert.Throws<StreamDistillException>(() => ModelConfig.Read("/nowhere")).Message, StringComparison.Ordinal);

    private static string Changed(string field, string value)
    {
        var json = JsonNode.Parse(Qwen)!.AsObject();
        json[field] = JsonNode.Parse(value);
        return json.ToJsonString(JsonSerializerOptions.Default);
    }

    private static ModelConfig Read(string json)
    {
        using var scratch = new ScratchDirectory();
        File.WriteAllText(scratch.File(ModelConfig.FileName), json);
        return ModelConfig.Read(scratch.Path);
    }
}
