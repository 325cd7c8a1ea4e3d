using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Time.Testing;
using streamdistill;
using StreamDistill.Pipeline;
using StreamDistill.Teach.Recorded;

namespace StreamDistill.Teach.Tests.Recorded;

public sealed class RecordedTeacherTests : IDisposable
{
    private readonly string path = Path.GetTempFileName();

    public void Dispose() => File.Delete(path);

    [Fact]
    public async Task Samples_come_in_the_files_order_attempt_by_attempt()
    {
        using var teacher = Open([.. Enumerable.Range(0, 7).SelectMany(i => new[] { Line("p1", $"one {i}"), Line("p2", $"two {i}") })]);
        Assert.Equal(14, teacher.Count);
        Assert.Equal(["one 0", "one 1", "one 2"], await Answers(teacher, "p1", n: 3, attempt: 1));
        Assert.Equal(["one 3", "one 4", "one 5"], await Answers(teacher, "p1", n: 3, attempt: 2));
        Assert.Equal(["two 6"], await Answers(teacher, "p2", n: 3, attempt: 3));
    }

    [Fact]
    public async Task Fewer_samples_than_wanted_say_how_many_there_are()
    {
        using var teacher = Open(Line("p1", "a"), Line("p1", "b"));
        var completions = await teacher.SampleAsync(Asking.Prompt("p1", n: 4), CancellationToken.None);
        Assert.Equal([(0, 2), (1, 2)], completions.Select(completion => (completion.SampleIndex, completion.SampleCount)));
    }

    [Theory]
    [InlineData("p1", 2)]
    [InlineData("p9", 1)]
    [InlineData("p1", int.MaxValue)]
    public async Task A_prompt_that_was_not_recorded_gets_one_completion_that_says_so(string promptId, int attempt)
    {
        using var teacher = Open(Line("p1", "a"), Line("p1", "b"));
        var completion = Assert.Single(await teacher.SampleAsync(Asking.Prompt(promptId, n: 2, attempt: attempt), CancellationToken.None));
        Assert.Equal(("not_recorded", "error", "", 1), (completion.Error?.Code, completion.FinishReason, completion.Answer, completion.SampleCount));
        Assert.Contains($"prompt {promptId} for attempt {attempt}", completion.Error!.Message);
    }

    [Theory]
    [InlineData("""{"prompt_id":"p1","model":"m","content":"42","is_correct":true}""", null, "42", "stop", "m", 0)]
    [InlineData("""{"prompt_id":"p1","content":"<think>six</think>42","finish_reason":"length"}""", "six", "42", "length", "recorded", 0)]
    [InlineData("""{"prompt_id":"p1","answer":"42","reasoning":"six","usage":{"prompt_tokens":1,"completion_tokens":9}}""", "six", "42", "stop", "recorded", 9)]
    [InlineData("""{"prompt_id":"p1","content":"42","reasoning_content":"six"}""", "six", "42", "stop", "recorded", 0)]
    [InlineData("""{"prompt_id":"p1","answer":"a</think>b"}""", null, "a</think>b", "stop", "recorded", 0)]
    [InlineData("""{"prompt_id":"p1","response":{"model":"r","choices":[{"index":0,"message":{"content":"42","reasoning":"six"},"finish_reason":"stop"}],"usage":{"completion_tokens":9}}}""", "six", "42", "stop", "r", 9)]
    [InlineData("""{"prompt_id":"p1","choices":[{"message":{"content":"42"},"finish_reason":"content_filter"}]}""", null, "42", "content_filter", "recorded", 0)]
    public async Task Every_way_of_recording_is_read(string line, string? reasoning, string answer, string finishReason, string model, long tokens)
    {
        using var teacher = Open(line);
        var completion = Assert.Single(await teacher.SampleAsync(Asking.Prompt("p1"), CancellationToken.None));
        Assert.Equal((reasoning, answer, finishReason), (completion.Reasoning, completion.Answer, completion.FinishReason));
        Assert.Equal(("recorded", model, tokens), (completion.Teacher.Provider, completion.Teacher.Model, completion.Usage.CompletionTokens));
        Assert.Equal((0, null), (completion.CostMicros, completion.Error));
    }

    [Fact]
    public async Task Each_choice_of_a_recorded_response_is_a_sample()
    {
        using var teacher = Open("""{"prompt_id":"p1","choices":[{"message":{"content":"a"}},{"message":{"content":"b"}}],"usage":{"completion_tokens":10}}""", Line("p1", "c"));
        var completions = await teacher.SampleAsync(Asking.Prompt("p1", n: 4), CancellationToken.None);
        Assert.Equal(["a", "b", "c"], completions.Select(completion => completion.Answer));
        Assert.Equal(10, completions.Sum(completion => completion.Usage.CompletionTokens));
    }

    [Theory]
    [InlineData("{", "is not the JSON of a completion")]
    [InlineData("not json", "is not the JSON of a completion")]
    [InlineData("[]", "is not the JSON of a completion")]
    [InlineData("null", "it has no prompt_id")]
    [InlineData("""{"content":"42"}""", "it has no prompt_id")]
    [InlineData("""{"prompt_id":"","content":"42"}""", "it has no prompt_id")]
    [InlineData("""{"prompt_id":7,"content":"42"}""", "$.prompt_id")]
    [InlineData("""{"prompt_id":"p1"}""", "it has neither content nor answer")]
    [InlineData("""{"prompt_id":"p1","content":5}""", "$.content")]
    [InlineData("""{"prompt_id":"p1","choices":[]}""", "it has no completion")]
    [InlineData("""{"prompt_id":"p1","content":"42"} {}""", "is not the JSON of a completion")]
    [InlineData("""{"prompt_id":"p1","content":"\ud800"}""", "is not the JSON of a completion")]
    public void A_line_that_cannot_be_used_is_named_with_its_reason_before_anything_starts(string line, string reason)
    {
        var refusal = Assert.Throws<ConfigurationException>(() => Open(Line("p0", "a"), "", line, Line("p2", "b")));
        Assert.StartsWith($"Teach:Teacher is 'recorded:{path}'. Line 3 of {path} cannot be used: ", refusal.Message);
        Assert.Contains(reason, refusal.Message);
    }

    [Fact]
    public void Invalid_utf8_and_deep_json_are_named_too()
    {
        File.WriteAllBytes(path, [.. Encoding.UTF8.GetBytes(Line("p0", "a") + "\n"), .. "{\"prompt_id\":\"p1\",\"content\":\""u8, 0xC3, 0x28, .. "\"}"u8]);
        Assert.Contains("Line 2 of", Assert.Throws<ConfigurationException>(() => RecordedTeacher.Open(Options(), TimeProvider.System)).Message);
        File.WriteAllText(path, "{\"prompt_id\":\"p1\",\"content\":" + new string('[', 1_000_000));
        Assert.Contains("Line 1 of", Assert.Throws<ConfigurationException>(() => RecordedTeacher.Open(Options(), TimeProvider.System)).Message);
    }

    [Fact]
    public async Task Byte_order_mark_blank_lines_carriage_returns_and_a_missing_last_newline_are_no_matter()
    {
        File.WriteAllText(path, $"\r\n{Line("p1", "a")}\r\n\n  \n{Line("p1", "b")}", new UTF8Encoding(encoderShouldEmitUTF8Identifier: true));
        using var teacher = RecordedTeacher.Open(Options(), new FakeTimeProvider());
        Assert.Equal(["a", "b"], await Answers(teacher, "p1", n: 4, attempt: 1));
    }

    [Fact]
    public async Task Lines_longer_than_any_buffer_are_read()
    {
        var longAnswer = new string('ü', 3_000_000);
        using var teacher = Open(Line("p1", "short"), Line("p1", longAnswer), Line("p1", "end"));
        Assert.Equal(["short", longAnswer, "end"], await Answers(teacher, "p1", n: 3, attempt: 1));
    }

    [Fact]
    public async Task A_recording_that_changed_under_us_is_an_error_and_not_another_prompts_answer()
    {
        using var teacher = Open(Line("p1", "a"), Line("p2", "b"));
        File.WriteAllText(path, Line("p3", "a") + "\n");
        var completions = await Task.WhenAll(new[] { "p1", "p2" }.Select(id => teacher.SampleAsync(Asking.Prompt(id), CancellationToken.None)));
        Assert.All(completions, samples => Assert.Equal("bad_response", Assert.Single(samples).Error?.Code));
    }

    [Fact]
    public async Task A_recording_of_many_prompts_is_answered_as_it_was_made()
    {
        var random = new Random(11);
        var lines = Enumerable.Range(0, 5000).SelectMany(prompt => Enumerable.Range(0, 4).Select(sample => (Prompt: $"gsm8k-{prompt:0000}", Text: $"{new string('w', random.Next(400))}\nA: {prompt * sample}"))).ToList();
        using var teacher = Open([.. lines.Select(line => Line(line.Prompt, line.Text))]);
        foreach (var recorded in lines.GroupBy(line => line.Prompt))
        {
            Assert.Equal(recorded.Select(line => line.Text), await Answers(teacher, recorded.Key, n: 4, attempt: 1));
        }
    }

    [Fact]
    public async Task Published_answers_to_gsm8k_are_read_whole()
    {
        if (Environment.GetEnvironmentVariable("GSM8K_DIR") is not { Length: > 0 } folder)
        {
            Assert.Skip("GSM8K_DIR is not set; it names the folder with completions.jsonl.");
            return;
        }

        using var teacher = RecordedTeacher.Open(
            new TeachOptions { Teacher = TeachOptions.RecordedPrefix + Path.Combine(folder, "completions.jsonl"), Licence = "MIT" }, TimeProvider.System);
        Assert.Equal(2640, teacher.Count);
        var completions = await teacher.SampleAsync(Asking.Prompt("gsm8k-test-0000", n: 4), CancellationToken.None);
        Assert.Equal(["6b_finetuning", "6b_verification", "175b_finetuning", "175b_verification"], completions.Select(completion => completion.Teacher.Model));
        Assert.EndsWith("A: 18", completions[3].Answer);
    }

    private RecordedTeacher Open(params string[] lines)
    {
        File.WriteAllLines(path, lines);
        return RecordedTeacher.Open(Options(), new FakeTimeProvider());
    }

    private TeachOptions Options() => new() { Teacher = TeachOptions.RecordedPrefix + path };

    private static string Line(string promptId, string content) => JsonSerializer.Serialize(new { prompt_id = promptId, model = "m", content });

    private static async Task<IEnumerable<string>> Answers(RecordedTeacher teacher, string promptId, int n, int attempt) =>
        (await teacher.SampleAsync(Asking.Prompt(promptId, n: n, attempt: attempt), CancellationToken.None)).Select(completion => completion.Answer);
}
