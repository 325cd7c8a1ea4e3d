using System.Text.Json;
using TorchSharp;

namespace StreamDistill.Student;

/// <summary>The two families of decoders that students come from. They differ in biases only.</summary>
public enum ModelFamily
{
    /// <summary>Llama 2 and 3, and what shares their shape.</summary>
    Llama,

    /// <summary>Qwen2 and Qwen2.5: biases on queries, keys and values.</summary>
    Qwen2,
}

/// <summary>A decoder's shape: Hugging Face's config.json.</summary>
public sealed record ModelConfig
{
    /// <summary>The file's name within a model's directory.</summary>
    public const string FileName = "config.json";

    /// <summary>model_type and architectures.</summary>
    public ModelFamily Family { get; init; } = ModelFamily.Llama;

    /// <summary>vocab_size: rows of the embedding; at least the tokenizer's.</summary>
    public required int VocabularySize { get; init; }

    /// <summary>hidden_size.</summary>
    public required int HiddenSize { get; init; }

    /// <summary>intermediate_size: of the SwiGLU layers.</summary>
    public required int IntermediateSize { get; init; }

    /// <summary>num_hidden_layers.</summary>
    public required int Layers { get; init; }

    /// <summary>num_attention_heads.</summary>
    public required int Heads { get; init; }

    /// <summary>num_key_value_heads: each serves Heads / KeyValueHeads queries.</summary>
    public required int KeyValueHeads { get; init; }

    /// <summary>head_dim; even.</summary>
    public required int HeadSize { get; init; }

    /// <summary>max_position_embeddings: the longest text, in tokens.</summary>
    public required int MaxPositions { get; init; }

    /// <summary>rms_norm_eps.</summary>
    public double NormEpsilon { get; init; } = 1e-6;

    /// <summary>rope_theta: the base of the rotary frequencies.</summary>
    public double RopeTheta { get; init; } = 10_000;

    /// <summary>rope_scaling; null for none.</summary>
    public RopeScaling? RopeScaling { get; init; }

    /// <summary>tie_word_embeddings: the output layer is the embedding.</summary>
    public bool TieEmbeddings { get; init; }

    /// <summary>Whether queries, keys and values have biases: always with Qwen2; with Llama attention_bias, which gives the attention's output one too.</summary>
    public bool QueryKeyValueBias { get; init; }

    /// <summary>bos_token_id.</summary>
    public int? BosTokenId { get; init; }

    /// <summary>eos_token_id: any of them ends an answer.</summary>
    public IReadOnlyList<int> EosTokenIds { get; init; } = [];

    /// <summary>torch_dtype: what the weights are stored as.</summary>
    public torch.ScalarType WeightType { get; init; } = torch.ScalarType.Float32;

    /// <summary>What else the file said, such as transformers_version: written back as it was.</summary>
    public IReadOnlyDictionary<string, JsonElement> Other { get; init; } = new Dictionary<string, JsonElement>();

    /// <summary>Whether the attention's output layer has a bias.</summary>
    internal bool AttentionOutputBias => QueryKeyValueBias && Family == ModelFamily.Llama;

    /// <exception cref="ArgumentException">The sizes do not fit together; the message names them as config.json does.</exception>
    internal void Validate()
    {
        foreach (var (name, size) in new[]
        {
            ("vocab_size", VocabularySize), ("hidden_size", HiddenSize), ("intermediate_size", IntermediateSize), ("num_hidden_layers", Layers),
            ("num_attention_heads", Heads), ("num_key_value_heads", KeyValueHeads), ("max_position_embeddings", MaxPositions),
        })
        {
            Require(size > 0, $"{name}: {size} must be above 0");
        }

        Require(Heads % KeyValueHeads == 0, $"num_key_value_heads: {KeyValueHeads} does not divide the {Heads} attention heads");
        Require(HeadSize > 0 && HeadSize % 2 == 0, $"head_dim: {HeadSize} must be even and above 0");
        Require(NormEpsilon > 0 && RopeTheta > 0, $"rms_norm_eps, rope_theta: {NormEpsilon}, {RopeTheta} must be above 0");
        Require(Family != ModelFamily.Qwen2 || QueryKeyValueBias, $"model_type: a {Family} model has biases on queries, keys and values");
    }

    /// <summary>Reads config.json of a model's directory.</summary>
    /// <exception cref="Contracts.StreamDistillException">The file is not there, or asks for what this decoder does not do; the message names the field.</exception>
    public static ModelConfig Read(string directory) => ModelConfigJson.Read(Path.Combine(directory, FileName));

    /// <summary>Writes config.json, as transformers and vLLM read it, into a model's directory.</summary>
    public void Write(string directory) => ModelConfigJson.Write(this, Path.Combine(directory, FileName));

    private static void Require(bool holds, FormattableString fault)
    {
        if (!holds)
        {
            throw new ArgumentException(FormattableString.Invariant(fault) + ".");
        }
    }
}
