using Microsoft.Extensions.Configuration;
using StreamDistill.Pipeline;

namespace StreamDistill.Teach.Tests;

public class TeachOptionsTests
{
    private const string Url = "http://localhost:8000/v1";

    [Fact]
    public void An_endpoint_with_a_model_is_enough()
    {
        var options = Read(("Teacher", Url), ("Model", "m1"));
        Assert.Null(options.RecordedPath);
        Assert.Equal(64, options.ConcurrentCalls);
        Assert.Equal(256, options.Parallelism);
    }

    [Fact]
    public void A_recording_needs_no_model()
    {
        var path = Path.GetTempFileName();
        Assert.Equal(path, Read(("Teacher", "recorded:" + path)).RecordedPath);
        File.Delete(path);
    }

    [Theory]
    [InlineData("", "Teach:Teacher is ''. It must be recorded:PATH, or the http(s) base URL")]
    [InlineData("ftp://x", "Teach:Teacher is 'ftp://x'. It must be recorded:PATH, or the http(s) base URL")]
    [InlineData("localhost:8000", "Teach:Teacher is 'localhost:8000'. It must be recorded:PATH")]
    [InlineData("recorded:/no/such/file", "Teach:Teacher is 'recorded:/no/such/file'. There is no such file")]
    public void A_wrong_teacher_is_refused_with_key_value_and_what_is_allowed(string teacher, string message) =>
        Assert.Contains(message, Refusal(("Teacher", teacher), ("Model", "m1")));

    [Fact]
    public void An_endpoint_without_a_model_is_refused() =>
        Assert.Equal("Teach:Model is ''. It must name the model to ask the endpoint for.", Refusal(("Teacher", Url)));

    [Fact]
    public void A_password_in_the_url_is_refused_and_not_repeated()
    {
        var message = Refusal(("Teacher", "http://me:s3cret@host/v1"), ("Model", "m1"));
        Assert.Contains("TEACHER_API_KEY", message);
        Assert.DoesNotContain("s3cret", message);
    }

    [Theory]
    [InlineData("ConcurrentCalls", "0", "between 1 and 100000")]
    [InlineData("SamplesPerCall", "-1", "between 0 and 1024")]
    [InlineData("AttemptTimeout", "00:00:00", "between 00:00:00.0010000 and 1.00:00:00")]
    [InlineData("MaxResponseBytes", "1", "between 1024 and 1073741824")]
    [InlineData("RequestsPerMinute", "0", "between 1 and")]
    [InlineData("OutputPrice", "-1", "between 0 and 1000000")]
    [InlineData("Currency", "dollars", "ISO 4217 code such as USD")]
    [InlineData("MaxCostMicros", "5", "It needs Teach:InputPrice or Teach:OutputPrice")]
    [InlineData("ApiKeyFile", "/no/such/key", "It must name a file that exists.")]
    public void A_wrong_value_is_refused_with_key_value_and_what_is_allowed(string key, string value, string allowed)
    {
        var message = Refusal(("Teacher", Url), ("Model", "m1"), (key, value));
        Assert.StartsWith($"Teach:{key} is '{value}'.", message);
        Assert.Contains(allowed, message);
    }

    private static string Refusal(params (string Key, string Value)[] settings) => Assert.Throws<ConfigurationException>(() => Read(settings)).Message;

    private static TeachOptions Read(params (string Key, string Value)[] settings) => new ConfigurationBuilder()
        .AddInMemoryCollection(settings.ToDictionary(setting => "Teach:" + setting.Key, setting => (string?)setting.Value))
        .Build()
        .ReadValidated<TeachOptions>(TeachOptions.Section);
}
