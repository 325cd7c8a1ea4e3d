using System.Text.Json.Nodes;
using StreamDistill.Contracts;
using StreamDistill.Student;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Student.Tests.Model;

public sealed class LoraAdapterTests
{
    [Fact]
    public void A_new_adapter_changes_nothing_and_alone_requires_gradients()
    {
        using var scope = NewDisposeScope();
        using var decoder = TinyModel.Create();
        var before = Compute(decoder);

        var adapter = decoder.AttachLora(new LoraOptions(Rank: 4));
        var after = Compute(decoder);

        Assert.True(before.eq(after).all().item<bool>());
        Assert.All(decoder.parameters(), parameter => Assert.False(parameter.requires_grad));
        Assert.Equal(2 * 7 * TinyModel.Config.Layers, adapter.Parameters.Count());
        after.sum().backward();
        Assert.All(adapter.Parameters, parameter => Assert.NotNull(parameter.grad));
        Assert.All(decoder.parameters(), parameter => Assert.Null(parameter.grad));
    }

    [Fact]
    public void A_merged_adapter_computes_what_the_unmerged_one_does_and_can_be_taken_out_again()
    {
        using var scope = NewDisposeScope();
        using var decoder = TinyModel.Create();
        var plain = Compute(decoder);
        var adapter = decoder.AttachLora(new LoraOptions(Rank: 4, Alpha: 6));
        Train(adapter);
        var changed = Compute(decoder);

        adapter.Merge();
        adapter.Merge();

        TinyModel.AssertClose(changed, Compute(decoder), 1e-5, "merged");
        Assert.True(adapter.IsMerged);
        adapter.Unmerge();
        TinyModel.AssertClose(changed, Compute(decoder), 1e-5, "unmerged");
        Assert.True(changed.sub(plain).abs().max().item<float>() > 0.1f);
    }

    [Fact]
    public void Saved_weights_have_the_changes_in_them_while_the_decoder_stays_as_it_is()
    {
        using var scratch = new ScratchDirectory();
        using var scope = NewDisposeScope();
        using var decoder = TinyModel.Create();
        var adapter = decoder.AttachLora(new LoraOptions(Rank: 4));
        Train(adapter);
        var before = decoder.parameters().Select(parameter => parameter.clone()).ToList();

        decoder.Config.Write(scratch.Path);
        decoder.SaveWeights(scratch.File("model.safetensors"));

        Assert.All(before.Zip(decoder.parameters()), pair => Assert.True(pair.First.eq(pair.Second).all().item<bool>()));
        Assert.False(adapter.IsMerged);
        using var merged = Decoder.Load(scratch.Path);
        TinyModel.AssertClose(Compute(decoder), Compute(merged), 1e-5, "saved");
        adapter.Merge();
        decoder.SaveWeights(scratch.File("again"));
        Assert.Equal(File.ReadAllBytes(scratch.File("model.safetensors")), File.ReadAllBytes(scratch.File("again")));
    }

    [Fact]
    public void An_adapter_is_stored_by_the_names_of_PEFT_and_comes_back()
    {
        using var scratch = new ScratchDirectory();
        using var scope = NewDisposeScope();
        using var decoder = TinyModel.Create();
        var adapter = decoder.AttachLora(new LoraOptions(Rank: 3, Alpha: 5, TargetModules: ["q_proj", "down_proj"]));
        Train(adapter);

        adapter.Save(scratch.Path, "some/base");

        using (var file = SafetensorsFile.Open(scratch.File("adapter_model.safetensors")))
        {
            Assert.Equal(2 * 2 * TinyModel.Config.Layers, file.Entries.Count);
            Assert.Equal([3L, 32L], file.Entries["base_model.model.model.layers.0.self_attn.q_proj.lora_A.weight"].Shape);
            Assert.Equal([32L, 3L], file.Entries["base_model.model.model.layers.1.mlp.down_proj.lora_B.weight"].Shape);
        }

        var json = JsonNode.Parse(File.ReadAllText(scratch.File("adapter_config.json")))!;
        Assert.Equal(("LORA", "CAUSAL_LM", 3, 5.0), ((string?)json["peft_type"], (string?)json["task_type"], (int)json["r"]!, (double)json["lora_alpha"]!));
        Assert.Equal("some/base", (string?)json["base_model_name_or_path"]);
        using var again = TinyModel.Create();
        LoraAdapter.Load(again, scratch.Path);
        TinyModel.AssertClose(Compute(decoder), Compute(again), 1e-6, "loaded");
    }

    [Theory]
    [InlineData("use_dora", "true", "use_dora: is not supported")]
    [InlineData("bias", "\"all\"", "bias none")]
    [InlineData("rank_pattern", "{\"q_proj\": 4}", "rank_pattern: is not supported")]
    [InlineData("target_modules", "[\"embed_tokens\"]", "target_modules: allowed are q_proj")]
    [InlineData("r", "0", "r: 0 must be a whole number above 0")]
    [InlineData("r", "5", "this decoder needs [5, 32]")]
    [InlineData("target_modules", "[\"q_proj\"]", "has not the 4 tensors")]
    public void An_adapter_that_asks_for_more_is_refused_by_name(string field, string value, string reason)
    {
        using var scratch = new ScratchDirectory();
        using var scope = NewDisposeScope();
        using var decoder = TinyModel.Create();
        decoder.AttachLora(new LoraOptions(Rank: 3, TargetModules: ["q_proj", "v_proj"])).Save(scratch.Path);
        var json = JsonNode.Parse(File.ReadAllText(scratch.File("adapter_config.json")))!.AsObject();
        json[field] = JsonNode.Parse(value);
        File.WriteAllText(scratch.File("adapter_config.json"), json.ToJsonString());
        using var other = TinyModel.Create();

        var refusal = Assert.Throws<StreamDistillException>(() => LoraAdapter.Load(other, scratch.Path));

        Assert.Contains(reason, refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Options_out_of_range_are_named()
    {
        using var decoder = TinyModel.Create();

        Assert.Contains("Rank", Assert.ThrowsAny<ArgumentException>(() => decoder.AttachLora(new LoraOptions(Rank: 0))).Message, StringComparison.Ordinal);
        Assert.Contains("Alpha is 0", Assert.Throws<ArgumentException>(() => decoder.AttachLora(new LoraOptions(Alpha: 0))).Message, StringComparison.Ordinal);
        Assert.Contains("TargetModules has x", Assert.Throws<ArgumentException>(() => decoder.AttachLora(new LoraOptions(TargetModules: ["x"]))).Message, StringComparison.Ordinal);
        decoder.AttachLora(new LoraOptions());
        Assert.Throws<InvalidOperationException>(() => decoder.AttachLora(new LoraOptions()));
    }

    private static void Train(LoraAdapter adapter)
    {
        using var still = no_grad();
        var seed = 0;
        foreach (Parameter parameter in adapter.Parameters)
        {
            var random = new Random(seed++);
            parameter.copy_(tensor(Enumerable.Range(0, (int)parameter.numel()).Select(_ => (float)(random.NextDouble() - 0.5)).ToArray(), parameter.shape));
        }
    }

    private static Tensor Compute(Decoder decoder) =>
        decoder.Logits(decoder.Hidden(TinyModel.Tokens(2, 6), TinyModel.Positions(2, 6), AttentionMask.Causal(6)));
}
