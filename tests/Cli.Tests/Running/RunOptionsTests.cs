using StreamDistill.Cli.Commands;
using StreamDistill.Cli.Running;

namespace StreamDistill.Cli.Tests.Running;

public sealed class RunOptionsTests : IDisposable
{
    private readonly string file = Path.GetTempFileName();

    public void Dispose() => File.Delete(file);

    [Fact]
    public void A_run_that_can_start_is_not_refused()
    {
        Recorded().Validate();
        Endpoint().Validate();
    }

    [Fact]
    public void What_can_be_seen_to_be_wrong_is_refused_with_option_value_and_what_is_allowed()
    {
        Refused(Recorded() with { Prompts = "/none/p.jsonl" }, "--prompts is '/none/p.jsonl'", "no such file");
        Refused(Recorded() with { Teacher = "recorded:/none/c.jsonl" }, "--teacher is 'recorded:/none/c.jsonl'", "no file /none/c.jsonl");
        Refused(Recorded() with { Teacher = "localhost:8000" }, "--teacher is 'localhost:8000'", "recorded:FILE, student:DIR, or the http(s) address");
        Refused(Recorded() with { Teacher = "student:/none" }, "--teacher is 'student:/none'", "config.json");
        Refused(Recorded() with { Student = "/none" }, "--student is '/none'", "config.json");
        Refused(Endpoint() with { Model = null }, "--teacher is http://127.0.0.1:1/v1", "--model");
        Refused(Recorded() with { Samples = 0 }, "--samples is 0", "1 or more");
        Refused(Recorded() with { Settings = ["Teach"] }, "--set is 'Teach'", "Section:Key=value");
    }

    [Fact]
    public void A_model_of_this_machine_is_set_up_by_the_system_and_not_by_the_options()
    {
        var options = Recorded() with { Teacher = "student:/models/teacher" };

        Assert.Equal("/models/teacher", options.TeacherDirectory);
        Assert.DoesNotContain(options.ServiceArguments(null), argument => argument.StartsWith("--Teach:", StringComparison.Ordinal));
        Assert.Null(Endpoint().TeacherDirectory);
    }

    [Fact]
    public async Task A_recording_is_not_asked_again_and_gives_all_its_samples()
    {
        await File.WriteAllTextAsync(file, """
            {"prompt_id":"a","content":"1"}
            {"prompt_id":"a","content":"2"}
            {"prompt_id":"b","choices":[{},{},{}]}
            """);
        var recording = await Recording.ReadAsync(file, CancellationToken.None);

        var arguments = Recorded().ServiceArguments(recording);

        Assert.Contains("--Verify:MaxAttempts=1", arguments);
        Assert.Contains("--Ingest:Samples=3", arguments);
        Assert.Contains("--Verify:MaxAttempts=4", Endpoint().ServiceArguments(null));
        Assert.Contains("--Teach:Model=m", Endpoint().ServiceArguments(null));
    }

    [Fact]
    public async Task A_recordings_labels_are_found_by_prompt_and_sample_and_a_line_that_is_none_is_named()
    {
        await File.WriteAllTextAsync(file, """
            {"prompt_id":"a","content":"1","is_correct":true}

            {"prompt_id":"b","content":"1"}
            {"prompt_id":"a","content":"2","is_correct":false}
            """);
        var recording = await Recording.ReadAsync(file, CancellationToken.None);
        Assert.Equal((true, false, null, null), (recording.LabelOf("a", 0), recording.LabelOf("a", 1), recording.LabelOf("a", 2), recording.LabelOf("b", 0)));

        await File.AppendAllTextAsync(file, "\n{\"content\":\"3\"}");
        var refused = await Assert.ThrowsAsync<StreamDistill.Contracts.StreamDistillException>(() => Recording.ReadAsync(file, CancellationToken.None));
        Assert.Contains("Line 5", refused.Message, StringComparison.Ordinal);
        Assert.Contains("prompt_id", refused.Message, StringComparison.Ordinal);
    }

    private static void Refused(RunOptions options, params string[] parts)
    {
        var message = Assert.Throws<UsageException>(options.Validate).Message;
        Assert.All(parts, part => Assert.Contains(part, message, StringComparison.Ordinal));
    }

    private RunOptions Recorded() => new() { Prompts = file, Teacher = "recorded:" + file, Out = "out" };

    private RunOptions Endpoint() => new() { Prompts = file, Teacher = "http://127.0.0.1:1/v1", Model = "m", Out = "out" };
}
