using System.Text.Json;
using StreamDistill.Contracts;
using StreamDistill.Student;
using TorchSharp;
using static TorchSharp.torch;

namespace Student.Tests.Model;

public sealed class DecoderTests
{
    [Fact]
    public void A_seed_always_gives_the_same_weights_and_another_seed_others()
    {
        using var scope = NewDisposeScope();
        using var decoder = Decoder.Create(TinyModel.Config, 3);
        using var same = Decoder.Create(TinyModel.Config, 3);
        using var other = Decoder.Create(TinyModel.Config, 4);

        foreach (var ((name, parameter), (_, again)) in decoder.named_parameters().Zip(same.named_parameters()))
        {
            Assert.True(parameter.eq(again).all().item<bool>(), name);
        }

        var (embedding, others) = (decoder.get_parameter("model.embed_tokens.weight")!, other.get_parameter("model.embed_tokens.weight")!);
        Assert.False(embedding.eq(others).all().item<bool>());
        Assert.InRange(TinyModel.Numbers(embedding).Select(number => number * number).Average(), 0.018 * 0.018, 0.022 * 0.022);
        Assert.Equal(decoder.parameters().Sum(parameter => parameter.numel()), decoder.ParameterCount);
    }

    [Fact]
    public void Sizes_that_do_not_fit_together_are_named()
    {
        Assert.Contains("num_key_value_heads: 3 does not divide the 4", Refusal(TinyModel.Config with { KeyValueHeads = 3 }), StringComparison.Ordinal);
        Assert.Contains("head_dim: 7 must be even", Refusal(TinyModel.Config with { HeadSize = 7 }), StringComparison.Ordinal);
        Assert.Contains("num_hidden_layers: 0 must be above 0", Refusal(TinyModel.Config with { Layers = 0 }), StringComparison.Ordinal);
        Assert.Contains("Qwen2 model has biases", Refusal(TinyModel.Config with { Family = ModelFamily.Qwen2 }), StringComparison.Ordinal);

        static string Refusal(ModelConfig config) => Assert.Throws<ArgumentException>(() => Decoder.Create(config, 1)).Message;
    }

    [Fact]
    public void A_scope_around_loading_does_not_dispose_the_parameters()
    {
        Decoder decoder;
        using (NewDisposeScope())
        {
            decoder = TinyModel.Create();
        }

        using (decoder)
        {
            using var scope = NewDisposeScope();
            var hidden = decoder.Hidden(TinyModel.Tokens(1, 3), TinyModel.Positions(1, 3), AttentionMask.Causal(3));
            Assert.Equal([1L, 3L, 32L], hidden.shape);
        }
    }

    [Theory]
    [MemberData(nameof(PyTorchComparisonTests.Models), MemberType = typeof(PyTorchComparisonTests))]
    public void Tokens_one_by_one_over_a_cache_give_what_all_at_once_give(string model)
    {
        if (model == "dynamic-long")
        {
            return;
        }

        const int Length = 9;
        using var scope = NewDisposeScope();
        using var still = no_grad();
        using var decoder = TinyModel.Create(PyTorchComparison.Models[model]);
        var (tokens, positions) = (TinyModel.Tokens(2, Length), TinyModel.Positions(2, Length));
        var expected = decoder.Hidden(tokens, positions, AttentionMask.Causal(Length));

        using var cache = new KeyValueCache(decoder, 3);
        var parts = new List<Tensor> { Extend(0, 4) };
        for (var place = 4; place < Length; place++)
        {
            parts.Add(Extend(place, 1));
        }

        TinyModel.AssertClose(expected, cat(parts, 1), 1e-5, model);

        Tensor Extend(int from, int count) =>
            decoder.Extend(tokens.narrow(1, from, count), positions.narrow(1, from, count), cache, 1, from + count);
    }

    [Fact]
    public void A_cache_grows_without_forgetting_and_rows_can_be_moved()
    {
        using var scope = NewDisposeScope();
        using var still = no_grad();
        using var decoder = TinyModel.Create(TinyModel.Config with { MaxPositions = 400 });
        var (tokens, positions) = (TinyModel.Tokens(1, 300), TinyModel.Positions(1, 300));
        var expected = decoder.Hidden(tokens, positions, AttentionMask.Causal(300));

        using var cache = new KeyValueCache(decoder, 2);
        decoder.Extend(tokens.narrow(1, 0, 100), positions.narrow(1, 0, 100), cache, 1, 100);
        cache.CopyRow(1, 0, 100);
        var rest = decoder.Extend(tokens.narrow(1, 100, 200), positions.narrow(1, 100, 200), cache, 0, 300);

        TinyModel.AssertClose(expected.narrow(1, 100, 200), rest, 1e-5, "after growing");
        Assert.InRange(cache.Capacity, 300, 512);
    }

    [Fact]
    public void Texts_packed_into_one_row_give_what_each_gives_alone()
    {
        using var scope = NewDisposeScope();
        using var decoder = TinyModel.Create();
        var (first, second) = (TinyModel.Tokens(1, 5, 1), TinyModel.Tokens(1, 7, 2));
        var segments = cat([zeros([1, 5], ScalarType.Int64), ones([1, 7], ScalarType.Int64)], 1);
        var positions = cat([TinyModel.Positions(1, 5), TinyModel.Positions(1, 7)], 1);

        var packed = decoder.Hidden(cat([first, second], 1), positions, AttentionMask.Packed(segments));

        TinyModel.AssertClose(decoder.Hidden(first, TinyModel.Positions(1, 5), AttentionMask.Causal(5)), packed.narrow(1, 0, 5), 1e-5, "first");
        TinyModel.AssertClose(decoder.Hidden(second, TinyModel.Positions(1, 7), AttentionMask.Causal(7)), packed.narrow(1, 5, 7), 1e-5, "second");
    }

    [Fact]
    public void A_row_that_may_attend_to_nothing_stays_finite()
    {
        using var scope = NewDisposeScope();
        using var decoder = TinyModel.Create();

        var hidden = decoder.Hidden(TinyModel.Tokens(1, 4), TinyModel.Positions(1, 4), zeros([1, 1, 4, 4], ScalarType.Bool));

        Assert.All(TinyModel.Numbers(hidden), number => Assert.True(float.IsFinite(number)));
    }

    [Fact]
    public void Bfloat16_weights_compute_about_the_same()
    {
        using var scratch = new ScratchDirectory();
        using var scope = NewDisposeScope();
        using var exact = TinyModel.Create();
        exact.Config.Write(scratch.Path);
        exact.SaveWeights(scratch.File("model.safetensors"));
        using var coarse = Decoder.Load(scratch.Path, dtype: ScalarType.BFloat16);
        var (tokens, positions, mask) = (TinyModel.Tokens(2, 6), TinyModel.Positions(2, 6), AttentionMask.Causal(6));

        var hidden = coarse.Hidden(tokens, positions, mask);

        Assert.Equal(ScalarType.BFloat16, hidden.dtype);
        TinyModel.AssertClose(exact.Hidden(tokens, positions, mask), hidden, 0.1, "bfloat16");
    }

    [Fact]
    public void Weights_in_several_files_are_read_by_their_index()
    {
        using var scratch = new ScratchDirectory();
        using var scope = NewDisposeScope();
        using var decoder = TinyModel.Create();
        decoder.Config.Write(scratch.Path);
        var halves = decoder.named_parameters().Select(pair => KeyValuePair.Create(pair.name, (Tensor)pair.parameter)).Chunk(10).ToArray();
        var map = new Dictionary<string, string>();
        for (var part = 0; part < halves.Length; part++)
        {
            SafetensorsWriter.Write(scratch.File($"part-{part}.safetensors"), halves[part]);
            foreach (var (name, _) in halves[part])
            {
                map[name] = $"part-{part}.safetensors";
            }
        }

        WriteIndex(scratch, map);
        using var loaded = Decoder.Load(scratch.Path);
        foreach (var ((name, parameter), (_, again)) in decoder.named_parameters().Zip(loaded.named_parameters()))
        {
            Assert.True(parameter.eq(again).all().item<bool>(), name);
        }

        map["model.norm.weight"] = "../part-0.safetensors";
        WriteIndex(scratch, map);
        var refusal = Assert.Throws<StreamDistillException>(() => Decoder.Load(scratch.Path));
        Assert.Contains("'../part-0.safetensors' is not the name of a file beside it", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Weights_that_do_not_fit_the_configuration_are_refused_by_name()
    {
        using var scratch = new ScratchDirectory();
        using var decoder = TinyModel.Create();
        decoder.SaveWeights(scratch.File("model.safetensors"));

        Assert.Contains("model.layers.2.input_layernorm.weight", Refusal(TinyModel.Config with { Layers = 3 }), StringComparison.Ordinal);
        Assert.Contains("has model.layers.1.input_layernorm.weight", Refusal(TinyModel.Config with { Layers = 1 }), StringComparison.Ordinal);
        Assert.Contains("model.embed_tokens.weight is [61, 32], by config.json it is [62, 32]", Refusal(TinyModel.Config with { VocabularySize = 62 }), StringComparison.Ordinal);

        string Refusal(ModelConfig config)
        {
            config.Write(scratch.Path);
            return Assert.Throws<StreamDistillException>(() => Decoder.Load(scratch.Path)).Message;
        }
    }

    [Fact]
    public void An_output_layer_stored_beside_a_tied_embedding_is_left_out()
    {
        using var scratch = new ScratchDirectory();
        using var decoder = TinyModel.Create();
        decoder.SaveWeights(scratch.File("model.safetensors"));
        (TinyModel.Config with { TieEmbeddings = true }).Write(scratch.Path);

        using var tied = Decoder.Load(scratch.Path);

        Assert.DoesNotContain("lm_head.weight", tied.named_parameters().Select(pair => pair.name));
    }

    private static void WriteIndex(ScratchDirectory scratch, Dictionary<string, string> map) => File.WriteAllText(
        scratch.File("model.safetensors.index.json"),
        JsonSerializer.Serialize(new { metadata = new { total_size = 0 }, weight_map = map }));
}
