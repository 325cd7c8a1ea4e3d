using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace StreamDistill.Student;

/// <summary>One layer: attention with grouped queries (arXiv 2305.13245), then a SwiGLU network (arXiv 2002.05202), each on a normed
/// copy and added to the stream.</summary>
internal sealed class DecoderLayer
{
    private readonly ModelConfig config;
    private readonly RotaryEmbedding rotary;
    private readonly int index;
    private readonly RootMeanSquareNorm attentionNorm;
    private readonly RootMeanSquareNorm networkNorm;
    private readonly Projection query;
    private readonly Projection key;
    private readonly Projection value;
    private readonly Projection output;
    private readonly Projection gate;
    private readonly Projection up;
    private readonly Projection down;

    /// <param name="config">The model's shape.</param>
    /// <param name="rotary">Shared by all layers.</param>
    /// <param name="index">The layer's number.</param>
    /// <param name="parameter">The parameter of a Hugging Face name, or null where the model has none such.</param>
    public DecoderLayer(ModelConfig config, RotaryEmbedding rotary, int index, Func<string, Parameter?> parameter)
    {
        this.config = config;
        this.rotary = rotary;
        this.index = index;
        var prefix = $"model.layers.{index}.";
        Projection Project(string name) => new(prefix + name, parameter($"{prefix}{name}.weight")!, parameter($"{prefix}{name}.bias"));
        RootMeanSquareNorm Norm(string name) => new(parameter($"{prefix}{name}.weight")!, config.NormEpsilon);
        attentionNorm = Norm("input_layernorm");
        networkNorm = Norm("post_attention_layernorm");
        query = Project("self_attn.q_proj");
        key = Project("self_attn.k_proj");
        value = Project("self_attn.v_proj");
        output = Project("self_attn.o_proj");
        gate = Project("mlp.gate_proj");
        up = Project("mlp.up_proj");
        down = Project("mlp.down_proj");
    }

    public IEnumerable<Projection> Projections => [query, key, value, output, gate, up, down];

    /// <param name="stream">[batch x length, hidden].</param>
    /// <param name="pass">The positions and masks.</param>
    public Tensor Forward(Tensor stream, Pass pass)
    {
        using var scope = NewDisposeScope();
        var attended = stream.add(Attend(attentionNorm.Forward(stream), pass));
        var normed = networkNorm.Forward(attended);
        var network = down.Forward(nn.functional.silu(gate.Forward(normed)).mul(up.Forward(normed)));
        return network.add_(attended).MoveToOuterDisposeScope();
    }

    private Tensor Attend(Tensor normed, Pass pass)
    {
        var (batch, length, size) = (pass.Batch, pass.Length, config.HeadSize);
        long shared = config.KeyValueHeads;
        var groups = config.Heads / shared;
        var queries = rotary.Turn(query.Forward(normed).view(batch, length, config.Heads, size), pass.Cosine, pass.Sine).mul_(1 / Math.Sqrt(size));
        var keys = rotary.Turn(key.Forward(normed).view(batch, length, shared, size), pass.Cosine, pass.Sine);
        var values = value.Forward(normed).view(batch, length, shared, size);

        // The queries that share a key head are rows of one product: keys and values are never repeated.
        queries = queries.view(batch, length, shared, groups, size).permute(0, 2, 3, 1, 4).reshape(batch, shared, groups * length, size);
        (keys, values) = pass.Cache is { } cache
            ? cache.Append(index, keys, values)
            : (keys.transpose(1, 2), values.transpose(1, 2));
        var scores = queries.matmul(keys.transpose(2, 3)).add_(pass.Bias);
        var context = scores.softmax(-1, ScalarType.Float32).to(values.dtype).matmul(values);
        return output.Forward(context.view(batch, shared, groups, length, size).permute(0, 3, 1, 2, 4).reshape(batch * length, config.Heads * size));
    }
}
