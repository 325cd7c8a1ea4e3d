namespace StreamDistill.Serve.Tests;

public sealed class LoadTests : IDisposable
{
    private readonly string keys = Path.GetTempFileName();

    [Fact]
    public async Task A_client_that_goes_away_frees_its_row()
    {
        await using var app = await ServeApp.StartAsync(("Serve:Rows", "1"));
        for (var i = 0; i < 3; i++)
        {
            var gone = await app.BeginAsync();
            await ServeApp.UntilAsync(() => app.Loop.ActiveRows == 1);
            gone.Dispose();
            await ServeApp.UntilAsync(() => app.Loop.ActiveRows == 0);
        }

        Assert.Equal(4, (await app.PostAsync(ServeApp.Body("\"max_tokens\":4,\"temperature\":0"))).Usage("completion_tokens"));
    }

    [Fact]
    public async Task A_full_queue_answers_429_and_when_to_come_again()
    {
        await using var app = await ServeApp.StartAsync(("Serve:Rows", "1"), ("Serve:QueueMax", "1"));
        using var running = await app.BeginAsync("\"max_tokens\":500,\"n\":128");
        await ServeApp.UntilAsync(() => app.Loop.ActiveRows == 1);
        using var waiting = await app.BeginAsync();
        await ServeApp.UntilAsync(() => app.Loop.Waiting == 1);

        var refused = await app.PostAsync(ServeApp.Body());

        refused.AssertError(429, "rate_limit_exceeded", null, "1 requests are waiting");
        Assert.Equal("1", refused.RetryAfter);
    }

    [Fact]
    public async Task Requests_beyond_the_rows_wait_their_turn_and_are_all_answered()
    {
        await using var app = await ServeApp.StartAsync(("Serve:Rows", "2"));

        var answers = await Task.WhenAll(Enumerable.Range(0, 12).Select(i => app.PostAsync(ServeApp.Body("\"max_tokens\":10,\"temperature\":0", $"Question {i}?"))));

        Assert.All(answers, answer => Assert.Equal(10, answer.Usage("completion_tokens")));
        Assert.Equal((0, 0), (app.Loop.ActiveRows, app.Loop.Waiting));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_step_that_fails_fails_its_requests_and_the_loop_goes_on(bool stream)
    {
        await using var app = await ServeApp.StartAsync();
        var broken = app.Slot.Acquire()!;
        broken.Engine.Dispose(); // what a step needs is gone
        if (stream)
        {
            using var response = await app.BeginAsync();
            using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken));
            List<string> lines = [];
            while (await TryReadLineAsync(reader) is { } line)
            {
                lines.Add(line);
            }

            Assert.Contains("\"code\":\"internal_error\"", lines[^2], StringComparison.Ordinal);
        }
        else
        {
            (await app.PostAsync(ServeApp.Body("\"n\":20"))).AssertError(500, "internal_error");
        }

        app.Slot.Replace(app.Loader.Load(TinyStudent.SharedDirectory));
        Assert.Equal(200, (await app.PostAsync(ServeApp.Body())).Status);
        Assert.Null(app.Health.Failure);
        broken.Release();
    }

    [Fact]
    public async Task A_key_is_wanted_where_there_are_keys_and_its_quota_holds()
    {
        await File.WriteAllTextAsync(keys, """[{"key":"correct-horse-battery","tenant":"a","prompts_per_minute":1}]""", TestContext.Current.CancellationToken);
        await using var app = await ServeApp.StartAsync(("Serve:KeysFile", keys));

        (await app.PostAsync(ServeApp.Body())).AssertError(401, "invalid_api_key");
        (await app.PostAsync(ServeApp.Body(), key: "wrong-horse-battery")).AssertError(401, "invalid_api_key");
        (await app.GetAsync("/v1/models")).AssertError(401, "invalid_api_key");
        Assert.Equal(200, (await app.PostAsync(ServeApp.Body(), key: "correct-horse-battery")).Status);
        var over = await app.PostAsync(ServeApp.Body(), key: "correct-horse-battery");
        over.AssertError(429, "rate_limit_exceeded", null, "requests per minute");
        Assert.InRange(int.Parse(over.RetryAfter!, System.Globalization.CultureInfo.InvariantCulture), 1, 60);
    }

    public void Dispose() => File.Delete(keys);

    /// <summary>Null at the end, however it comes: an answer that fails is cut off.</summary>
    private static async Task<string?> TryReadLineAsync(StreamReader reader)
    {
        try
        {
            return await reader.ReadLineAsync(TestContext.Current.CancellationToken);
        }
        catch (IOException)
        {
            return null;
        }
    }
}
