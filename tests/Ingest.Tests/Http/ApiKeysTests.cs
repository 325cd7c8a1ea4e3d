using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using StreamDistill.Pipeline;

namespace StreamDistill.Ingest.Tests;

public sealed class ApiKeysTests : IDisposable
{
    private const string Key = "correct-horse-battery";

    private readonly string file = Path.Combine(Path.GetTempPath(), Guid.NewGuid() + ".keys.json");

    public void Dispose() => File.Delete(file);

    [Theory]
    [InlineData(null)]
    [InlineData("wrong-horse-battery")]
    public async Task Without_the_right_key_the_answer_is_a_401(string? key)
    {
        await using var app = await StartAsync($$"""[{"key":"{{Key}}","tenant":"acme"}]""", new MemorySink());

        (await app.PostLinesAsync(Lines.Question, key: key)).AssertProblem(401, "unauthorized");
    }

    [Fact]
    public async Task A_key_says_whose_prompts_they_are()
    {
        var sink = new MemorySink();
        var hash = Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(Key)));
        await using var app = await StartAsync($$"""[{"key":"another-key-entirely","tenant":"other"},{"key_sha256":"{{hash}}","tenant":"acme"}]""", sink);

        Assert.Equal(202, (await app.PostLinesAsync(Lines.Question, key: Key)).Status);
        Assert.Equal("acme", Assert.Single(sink.Stored).Tenant);
        Assert.Equal(["1 tenant invalid"], (await app.PostLinesAsync(Lines.With("\"tenant\":\"other\""), key: Key)).Refused);
    }

    [Fact]
    public async Task A_batch_beyond_the_quota_is_taken_in_part_and_then_not_at_all()
    {
        await using var app = await StartAsync($$"""[{"key":"{{Key}}","tenant":"acme","prompts_per_minute":3}]""", new MemorySink());
        var batch = string.Join('\n', Enumerable.Range(0, 5).Select(i => Lines.With($"\"prompt_id\":\"p{i}\"")));

        var first = await app.PostLinesAsync(batch, key: Key);
        Assert.Equal(202, first.Status);
        Assert.Equal(["1 p0 accepted", "2 p1 accepted", "3 p2 accepted"], first.Accepted);
        Assert.Equal(["4 $ quota", "5 $ quota"], first.Refused);

        var again = await app.PostLinesAsync(string.Join('\n', batch.Split('\n').Take(3)), key: Key);
        Assert.Equal(["1 p0 duplicate", "2 p1 duplicate", "3 p2 duplicate"], again.Accepted);
    }

    [Fact]
    public async Task A_request_wholly_beyond_the_quota_is_a_429_that_says_when_to_come_again()
    {
        await using var app = await StartAsync($$"""[{"key":"{{Key}}","tenant":"acme","prompts_per_minute":1}]""", new MemorySink());
        Assert.Equal(202, (await app.PostLinesAsync(Lines.Question, key: Key)).Status);

        var answer = await app.PostLinesAsync(Lines.Question, key: Key);

        answer.AssertProblem(429, "quota");
        Assert.InRange(int.Parse(answer.RetryAfter!, CultureInfo.InvariantCulture), 1, 60);
    }

    [Theory]
    [InlineData("nonsense", "is not a JSON array")]
    [InlineData("[]", "has no keys")]
    [InlineData("""[{"key":"short","tenant":"a"}]""", "entry 1 must have either a key of at least 16 characters")]
    [InlineData("""[{"key_sha256":"00","tenant":"a"}]""", "64 hexadecimal digits")]
    [InlineData("""[{"key":"correct-horse-battery"}]""", "must name its tenant")]
    [InlineData("""[{"key":"correct-horse-battery","tenant":"a","prompts_per_minute":0}]""", "prompts_per_minute 0; allowed is 1 or more")]
    [InlineData("""[{"key":"correct-horse-battery","tenant":"a"},{"key":"correct-horse-battery","tenant":"b"}]""", "entry 2 repeats the key")]
    [InlineData("""[{"key":"correct-horse-battery","tenant":"a","quota":5}]""", "is not a JSON array")]
    public void A_wrong_file_is_refused_at_start_without_showing_a_key(string content, string reason)
    {
        File.WriteAllText(file, content);

        var wrong = Assert.Throws<ConfigurationException>(() => ApiKeys.Load("Ingest:KeysFile", file));
        Assert.Contains($"Ingest:KeysFile is '{file}'", wrong.Message, StringComparison.Ordinal);
        Assert.Contains(reason, wrong.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(Key, wrong.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_file_is_refused_at_start() =>
        Assert.Contains("cannot be read", Assert.Throws<ConfigurationException>(() => ApiKeys.Load("Ingest:KeysFile", file)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("http://0.0.0.0:8080")]
    [InlineData("http://127.0.0.1:0;http://*:0")]
    [InlineData("http://example.org")]
    public async Task Listening_beyond_this_machine_wants_keys(string urls)
    {
        var wrong = await Assert.ThrowsAsync<ConfigurationException>(() => IngestApp.StartAsync(new MemorySink(), ("urls", urls)));

        Assert.Contains($"urls is '{urls}'", wrong.Message, StringComparison.Ordinal);
        Assert.Contains("Ingest:KeysFile", wrong.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Ingest:Temperature", "3", "Ingest:Temperature is '3'", "between 0 and 2")]
    [InlineData("Ingest:MaxPromptBytes", "10", "Ingest:MaxPromptBytes is '10'", "between 1024")]
    [InlineData("Ingest:DeliveryTimeout", "00:00:00", "Ingest:DeliveryTimeout is '00:00:00'", "between 00:00:01")]
    public async Task A_wrong_setting_is_named_with_its_value_and_what_is_allowed(string key, string value, string what, string allowed)
    {
        var wrong = await Assert.ThrowsAsync<ConfigurationException>(() => IngestApp.StartAsync(new MemorySink(), (key, value)));

        Assert.Contains(what, wrong.Message, StringComparison.Ordinal);
        Assert.Contains(allowed, wrong.Message, StringComparison.Ordinal);
    }

    private async Task<IngestApp> StartAsync(string keys, IPromptSink sink)
    {
        await File.WriteAllTextAsync(file, keys, TestContext.Current.CancellationToken);
        return await IngestApp.StartAsync(sink, ("Ingest:KeysFile", file));
    }
}
