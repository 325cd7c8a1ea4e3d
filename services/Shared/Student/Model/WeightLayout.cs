namespace StreamDistill.Student;

/// <summary>Which parameters a decoder has: Hugging Face's names and shapes for Llama and Qwen2.</summary>
internal static class WeightLayout
{
    public const string Embedding = "model.embed_tokens.weight";
    public const string Norm = "model.norm.weight";
    public const string Head = "lm_head.weight";

    public static IEnumerable<(string Name, long[] Shape)> Of(ModelConfig config)
    {
        long hidden = config.HiddenSize;
        long queries = config.Heads * config.HeadSize;
        long shared = config.KeyValueHeads * config.HeadSize;
        yield return (Embedding, [config.VocabularySize, hidden]);
        for (var layer = 0; layer < config.Layers; layer++)
        {
            var prefix = $"model.layers.{layer}.";
            (string Name, long Outputs, long Inputs, bool Bias)[] projections =
            [
                ("self_attn.q_proj", queries, hidden, config.QueryKeyValueBias),
                ("self_attn.k_proj", shared, hidden, config.QueryKeyValueBias),
                ("self_attn.v_proj", shared, hidden, config.QueryKeyValueBias),
                ("self_attn.o_proj", hidden, queries, config.AttentionOutputBias),
                ("mlp.gate_proj", config.IntermediateSize, hidden, false),
                ("mlp.up_proj", config.IntermediateSize, hidden, false),
                ("mlp.down_proj", hidden, config.IntermediateSize, false),
            ];
            foreach (var (name, outputs, inputs, bias) in projections)
            {
                yield return ($"{prefix}{name}.weight", [outputs, inputs]);
                if (bias)
                {
                    yield return ($"{prefix}{name}.bias", [outputs]);
                }
            }

            yield return (prefix + "input_layernorm.weight", [hidden]);
            yield return (prefix + "post_attention_layernorm.weight", [hidden]);
        }

        yield return (Norm, [hidden]);
        if (!config.TieEmbeddings)
        {
            yield return (Head, [config.VocabularySize, hidden]);
        }
    }
}
