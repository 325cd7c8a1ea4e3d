using System.Text.Json.Nodes;

namespace StreamDistill.Student;

/// <summary>config.json's rope_scaling, or rope_parameters of newer files.</summary>
internal static class RopeScalingJson
{
    public static RopeScaling? Read(JsonFields fields)
    {
        var name = fields.Has("rope_type") ? "rope_type" : "type";
        RopeScalingKind kind;
        switch (fields.Has(name) ? fields.Text(name) : "default")
        {
            case "default":
                return null;
            case "linear":
                kind = RopeScalingKind.Linear;
                break;
            case "dynamic":
                kind = RopeScalingKind.Dynamic;
                break;
            case "llama3":
                kind = RopeScalingKind.Llama3;
                break;
            case "yarn":
                kind = RopeScalingKind.Yarn;
                break;
            case var other:
                throw fields.Refusal(name, $"'{other}' is not supported; default, linear, dynamic, llama3 and yarn are");
        }

        foreach (var unsupported in new[] { "mscale", "mscale_all_dim" }.Where(fields.Has))
        {
            throw fields.Refusal(unsupported, "is not supported; attention_factor is");
        }

        if (fields.Has("truncate") && !fields.Flag("truncate"))
        {
            throw fields.Refusal("truncate", "only true is supported");
        }

        var llama3 = kind == RopeScalingKind.Llama3;
        var scaling = new RopeScaling(kind, fields.Positive("factor"))
        {
            LowFrequencyFactor = llama3 ? fields.Positive("low_freq_factor") : null,
            HighFrequencyFactor = llama3 ? fields.Positive("high_freq_factor") : null,
            OriginalMaxPositions = llama3 || fields.Has("original_max_position_embeddings") ? fields.Size("original_max_position_embeddings") : null,
            AttentionFactor = fields.Has("attention_factor") ? fields.Positive("attention_factor") : null,
            BetaFast = fields.Has("beta_fast") ? fields.Positive("beta_fast") : null,
            BetaSlow = fields.Has("beta_slow") ? fields.Positive("beta_slow") : null,
        };
        if (scaling.Factor < 1)
        {
            throw fields.Refusal("factor", $"{scaling.Factor} must be at least 1");
        }

        return llama3 && scaling.HighFrequencyFactor <= scaling.LowFrequencyFactor
            ? throw fields.Refusal("high_freq_factor", "must be above low_freq_factor")
            : scaling;
    }

    public static JsonObject Write(RopeScaling scaling)
    {
        var json = new JsonObject { ["rope_type"] = scaling.Kind.ToString().ToLowerInvariant(), ["factor"] = scaling.Factor };
        void Add(string name, JsonNode? value)
        {
            if (value is not null)
            {
                json[name] = value;
            }
        }

        Add("low_freq_factor", scaling.LowFrequencyFactor);
        Add("high_freq_factor", scaling.HighFrequencyFactor);
        Add("original_max_position_embeddings", scaling.OriginalMaxPositions);
        Add("attention_factor", scaling.AttentionFactor);
        Add("beta_fast", scaling.BetaFast);
        Add("beta_slow", scaling.BetaSlow);
        return json;
    }
}
