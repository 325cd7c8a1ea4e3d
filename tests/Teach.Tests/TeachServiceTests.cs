using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using streamdistill;
using StreamDistill.Contracts;
using StreamDistill.Pipeline;
using StreamDistill.Pipeline.Tests;

namespace StreamDistill.Teach.Tests;

/// <summary>The service as it runs, between a broker and an endpoint.</summary>
public sealed class TeachServiceTests(Cluster cluster)
{
    private const int CallsInFlight = 512;

    [Fact]
    public async Task Every_prompt_on_the_topic_ends_as_completions_or_as_a_dead_letter_however_many_wait_for_the_teacher()
    {
        // The endpoint answers nobody until all calls that are allowed have come: the service must really hold that many.
        var all = new TaskCompletionSource();
        await using var endpoint = await FakeTeacher.StartAsync(_ => FakeReply.Answer("A: 42").After(() => all.Task));
        var builder = cluster.Configured(
            "teach", ("Teach:Teacher", endpoint.Url), ("Teach:Model", "m1"), ("Teach:ConcurrentCalls", $"{CallsInFlight}"), ("Teach:SamplesPerCall", "1"));
        builder.AddTeach();
        using var service = builder.Build();
        await cluster.WriteAsync(Topics.Prompts, Enumerable.Range(0, 300).Select(id => Asking.Prompt($"p{id}", n: 2)).Append(Asking.Prompt("silent") with { Messages = [] }));

        await service.StartAsync();
        while (endpoint.InFlight < CallsInFlight)
        {
            await Task.Delay(10);
        }

        all.SetResult();
        var written = await cluster.ReadAsync(Topics.Completions, 600);
        var letters = await cluster.ReadAsync(Topics.DeadLettersOf(Topics.Prompts), 1);
        var deserializer = service.Services.GetRequiredService<RecordDeserializer<Completion>>();
        var completions = new List<Completion>();
        foreach (var record in written)
        {
            completions.Add(await deserializer.DeserializeAsync(Topics.Completions, record.Message.Value));
        }

        await service.StopAsync();
        Assert.Equal(600, completions.Select(completion => completion.CompletionId).Distinct().Count());
        Assert.Equal(600, completions.Count);
        Assert.All(completions, completion => Assert.Equal(("A: 42", null), (completion.Answer, completion.Error)));
        Assert.Equal(["silent"], Cluster.Keys(letters));
        Assert.Equal((600, CallsInFlight), (endpoint.Calls, endpoint.MostInFlight));
    }
}
