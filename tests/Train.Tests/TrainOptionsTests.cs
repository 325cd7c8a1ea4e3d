using Microsoft.Extensions.Configuration;
using StreamDistill.Pipeline;

namespace StreamDistill.Train.Tests;

public sealed class TrainOptionsTests
{
    [Theory]
    [InlineData("Student", "", "Train:Student is ''. Give the student a name, such as math-small.")]
    [InlineData("Student", "../up", "Train:Student is '../up'. Allowed are up to 100 letters, digits, dots, hyphens and underscores, beginning with a letter or digit.")]
    [InlineData("BaseModel", "", "Train:BaseModel is ''. Give the directory of the model to begin with: config.json, model.safetensors and tokenizer.json, Llama or Qwen2.")]
    [InlineData("Passes", "0", "Train:Passes is '0'. Allowed is a whole number from 1 to 100.")]
    [InlineData("ReplayShare", "1", "Train:ReplayShare is '1'. Allowed is a number from 0 to 0.9.")]
    [InlineData("KeepCheckpoints", "1", "Train:KeepCheckpoints is '1'. Allowed is a whole number from 2 to 1000: where the last one is damaged, the one before is needed.")]
    [InlineData("Device", "tpu", "Train:Device is 'tpu'. Allowed are cpu, cuda and cuda:N.")]
    [InlineData("Optimizer:LearningRate", "-1", "Train:Optimizer:LearningRate is '-1'. Allowed is a number from 0 to 1.")]
    [InlineData("Optimizer:Schedule", "Cosine", "Train:Optimizer:DecaySteps is '0'. With Schedule Cosine, give the steps over which the learning rate falls.")]
    [InlineData("Lora:Targets", "q_proj,x_proj", "Train:Lora:Targets is 'q_proj,x_proj'. Allowed are q_proj, k_proj, v_proj, o_proj, gate_proj, up_proj, down_proj; x_proj is none of them.")]
    [InlineData("SoftLabels:Temperature", "0", "Train:SoftLabels:Temperature is '0'. Allowed is a number from 0.1 to 100.")]
    [InlineData("Evaluation:Rows", "0", "Train:Evaluation:Rows is '0'. Allowed is a whole number from 1 to 1024.")]
    [InlineData("Evaluation:WithReference:0:Name", "guess", "WithReference:0 is 'guess'. There is no verifier 'guess'")]
    [InlineData("Target", "Teachers", "Train:Target is 'Teachers'. Allowed: Teacher, Human, Answer.")]
    [InlineData("LearningRate", "1", "Train:LearningRate is not a setting.")]
    public void A_wrong_value_is_refused_with_its_key_and_what_is_allowed(string key, string value, string message) =>
        Assert.Contains(message, Assert.Throws<ConfigurationException>(() => Read((key, value))).Message, StringComparison.Ordinal);

    [Fact]
    public void Values_are_read()
    {
        var options = Read(("Optimizer:Schedule", "warmupstabledecay"), ("Optimizer:DecaySteps", "7"), ("RoundWait", "00:00:30"), ("SoftLabels:Mode", "Sampled"));

        Assert.Equal(Schedule.WarmupStableDecay, options.Optimizer.Schedule);
        Assert.Equal(TimeSpan.FromSeconds(30), options.RoundWait);
        Assert.Equal(SoftLabelMode.Sampled, options.SoftLabels.Mode);
    }

    private static TrainOptions Read(params (string Key, string Value)[] settings) => new ConfigurationBuilder()
        .AddInMemoryCollection([KeyValuePair.Create("Train:Student", (string?)"s"), KeyValuePair.Create("Train:BaseModel", (string?)"base")])
        .AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create($"Train:{setting.Key}", (string?)setting.Value)))
        .Build()
        .ReadValidated<TrainOptions>(TrainOptions.Section);
}
