using Microsoft.Extensions.Configuration;
using StreamDistill.Pipeline;

namespace StreamDistill.Compact.Tests;

public sealed class CompactOptionsTests
{
    [Theory]
    [InlineData("BestOf", "0", "Compact:BestOf is '0'. The field BestOf must be between 1 and 1000.")]
    [InlineData("Ratio", "0", "Compact:Ratio is '0'. The field Ratio must be between 0.001 and 1000.")]
    [InlineData("HoldoutShare", "1.5", "Compact:HoldoutShare is '1.5'. The field HoldoutShare must be between 0 and 1.")]
    public void A_wrong_value_is_refused_with_its_key_and_what_is_allowed(string key, string value, string message) =>
        Assert.Equal(message, Assert.Throws<ConfigurationException>(() => Read(key, value)).Message);

    [Fact]
    public void A_word_that_is_no_balance_is_refused_by_name() =>
        Assert.Contains("Compact:Balance", Assert.Throws<ConfigurationException>(() => Read("Balance", "Sometimes")).Message, StringComparison.Ordinal);

    [Fact]
    public void Values_are_read()
    {
        Assert.Equal(Balance.Cap, Read("Balance", "cap").Balance);
        Assert.Equal("", Read("ReasoningTasks", "").ReasoningTasks);
    }

    private static CompactOptions Read(string key, string value) => new ConfigurationBuilder()
        .AddInMemoryCollection([KeyValuePair.Create($"{CompactOptions.Section}:{key}", (string?)value)])
        .Build()
        .ReadValidated<CompactOptions>(CompactOptions.Section);
}
