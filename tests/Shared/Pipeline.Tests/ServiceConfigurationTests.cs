using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Configuration;

namespace StreamDistill.Pipeline.Tests;

public sealed class ServiceConfigurationTests
{
    [Fact]
    public void A_value_out_of_range_is_named_with_its_key_and_what_is_allowed()
    {
        var error = Assert.Throws<ConfigurationException>(() => Read<PipelineOptions>("Pipeline", ("Pipeline:BatchUnits", "0")));

        Assert.Equal("Pipeline:BatchUnits is '0'. Allowed: 1 to 100000 units.", error.Message);
    }

    [Fact]
    public void A_value_that_is_no_number_is_named_with_its_key()
    {
        var error = Assert.Throws<ConfigurationException>(() => Read<PipelineOptions>("Pipeline", ("Pipeline:BatchUnits", "many")));

        Assert.Contains("Pipeline:BatchUnits", error.Message, StringComparison.Ordinal);
        Assert.Contains("many", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_key_that_does_not_exist_is_refused_with_those_that_do()
    {
        var error = Assert.Throws<ConfigurationException>(() => Read<PipelineOptions>("Pipeline", ("Pipeline:BatchUnit", "5")));

        Assert.StartsWith("Pipeline:BatchUnit is not a setting. Settings of Pipeline: BatchMilliseconds, BatchUnits,", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Nested_options_are_checked_too()
    {
        var error = Assert.Throws<ConfigurationException>(() => Read<Outer>("Outer", ("Outer:Inner:Share", "2")));

        Assert.Equal("Outer:Inner:Share is '2'. Allowed: 0 to 1.", error.Message);
    }

    [Fact]
    public void A_word_that_is_none_of_the_choices_is_refused_with_the_choices()
    {
        var error = Assert.Throws<ConfigurationException>(() => Read<Inner>("Inner", ("Inner:Colour", "Green")));

        Assert.Equal("Inner:Colour is 'Green'. Allowed: Red, Blue.", error.Message);
    }

    [Fact]
    public void Missing_brokers_are_named_with_the_variable_to_set()
    {
        var error = Assert.Throws<ConfigurationException>(() => new KafkaClients(new ConfigurationBuilder().Build(), new SchemaRegistryOptions()));

        Assert.Contains("KAFKA_BOOTSTRAP_SERVERS", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_setting_that_librdkafka_does_not_know_is_refused_before_anything_starts()
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Kafka:bootstrap.servers"] = "127.0.0.1:9",
            ["Kafka:securty.protocol"] = "SSL",
        }).Build();

        var error = Assert.Throws<ConfigurationException>(() => new KafkaClients(configuration, new SchemaRegistryOptions()));

        Assert.Contains("securty.protocol", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_wrong_configuration_ends_the_process_with_code_2()
    {
        Assert.Equal(
            ServiceProgram.Misconfigured,
            await ServiceProgram.RunAsync("test", ["--Pipeline:BatchUnits=0"], builder => builder.AddValidatedOptions<PipelineOptions>("Pipeline")));
    }

    private static T Read<T>(string section, params (string Key, string Value)[] settings)
        where T : class, new() =>
        new ConfigurationBuilder()
            .AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create(setting.Key, (string?)setting.Value)))
            .Build()
            .ReadValidated<T>(section);

    public sealed class Outer
    {
        public Inner Inner { get; init; } = new();
    }

    public enum Colour
    {
        Red,
        Blue,
    }

    public sealed class Inner
    {
        public Colour Colour { get; init; }

        [Range(0.0, 1.0, ErrorMessage = "Allowed: 0 to 1.")]
        public double Share { get; init; }
    }
}
