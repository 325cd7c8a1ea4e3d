using Microsoft.Extensions.Logging.Abstractions;
using streamdistill;
using StreamDistill.Pipeline;
using StreamDistill.Teach;
using StreamDistill.Teach.OpenAi;

namespace StreamDistill.Serve.Tests;

/// <summary>A student as the teacher of another: Teach's own client.</summary>
public sealed class TeacherTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_student_teaches_with_soft_labels(bool stream)
    {
        await using var app = await ServeApp.StartAsync();
        using var teacher = new OpenAiTeacher(
            new TeachOptions { Teacher = app.Url + "/v1", Model = "tiny", Stream = stream }, null, new HealthState(), TimeProvider.System, NullLogger<OpenAiTeacher>.Instance);

        var samples = await teacher.SampleAsync(Prompt, TestContext.Current.CancellationToken);

        Assert.Equal(3, samples.Count);
        for (var i = 0; i < samples.Count; i++)
        {
            var alone = await app.PostAsync(ServeApp.Body($"\"max_tokens\":12,\"temperature\":0.7,\"top_p\":0.9,\"seed\":{5 + i}", Prompt.Messages[0].Content));
            var sample = samples[i];
            Assert.Null(sample.Error);
            Assert.Equal(alone.Content(), sample.Answer);
            Assert.Equal("length", sample.FinishReason);
            Assert.Equal(alone.Fingerprint, sample.Teacher.Revision);
            Assert.Equal(12, sample.SoftLabels!.Count);
            Assert.All(sample.SoftLabels, label => Assert.Equal(4, label.Top.Count));
            Assert.Equal(stream, sample.FirstTokenMs is not null);
        }

        Assert.Equal(36, samples.Sum(sample => sample.Usage.CompletionTokens));
    }

    private static Prompt Prompt => new()
    {
        PromptId = "p",
        Tenant = "t",
        Task = "math",
        Source = "test",
        SubmittedAt = DateTime.UnixEpoch,
        Messages = [new Message { Role = "user", Content = "6 x 7?" }],
        Sampling = new Sampling { N = 3, Temperature = 0.7, TopP = 0.9, MaxTokens = 12, Seed = 5, TopLogprobs = 4 },
        Attempt = 1,
    };
}
