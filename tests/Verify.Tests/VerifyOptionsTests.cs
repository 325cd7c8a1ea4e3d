using Microsoft.Extensions.Configuration;
using StreamDistill.Pipeline;
using StreamDistill.Verify;

namespace Verify.Tests;

public sealed class VerifyOptionsTests
{
    [Fact]
    public void ConfigurationNamesTheVerifiersOfATask()
    {
        var options = Read(("Verify:Tasks:law:0:Name", "label"), ("Verify:Tasks:law:0:Parameters:labels", "yes|no"), ("Verify:MaxAttempts", "2"));
        Assert.Equal(2, options.MaxAttempts);
        var verifier = Assert.Single(options.Tasks["law"]);
        Assert.Equal(("label", "yes|no"), (verifier.Name, verifier.Parameters["labels"]));
        Assert.Null(options.WithReference);
    }

    [Theory]
    [InlineData("Verify:MaxAttempts", "0", "Verify:MaxAttempts is '0'. Allowed is a whole number from 1 to 100.")]
    [InlineData("Verify:TemperatureStep", "-1", "Verify:TemperatureStep is '-1'. Allowed is a number from 0 to 2.")]
    [InlineData("Verify:Tasks:law:0:Name", "lable", "Verify: Tasks:law:0 is 'lable'. There is no verifier 'lable'; there are exact, finish, json, label, language, length, math, numeric, regex, repetition.")]
    [InlineData("Verify:WithReference:0:Name", "label", "Verify: WithReference:0 is 'label'. Verifier 'label' needs the parameter 'labels': the labels, separated by '|'.")]
    public void AWrongValueIsRefusedWithWhatIsAllowed(string key, string value, string message) =>
        Assert.Equal(message, Assert.Throws<ConfigurationException>(() => Read((key, value))).Message);

    private static VerifyOptions Read(params (string Key, string Value)[] settings) => new ConfigurationBuilder()
        .AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create(setting.Key, (string?)setting.Value)))
        .Build()
        .ReadValidated<VerifyOptions>(VerifyOptions.Section);
}
