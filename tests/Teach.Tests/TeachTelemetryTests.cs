using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using StreamDistill.Pipeline;

namespace StreamDistill.Teach.Tests;

public class TeachTelemetryTests
{
    [Fact]
    public async Task Each_request_is_a_span_and_what_was_used_is_counted()
    {
        // Other tests run at the same time; this model's name tells ours apart.
        const string Model = "telemetry-model";
        var spans = new ConcurrentQueue<Activity>();
        using var spanListener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == Telemetry.Name,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = span =>
            {
                if (span.DisplayName == "chat " + Model)
                {
                    spans.Enqueue(span);
                }
            },
        };
        ActivitySource.AddActivityListener(spanListener);
        var measured = new ConcurrentQueue<(string Name, double Value, Dictionary<string, object?> Tags)>();
        using var meterListener = new MeterListener
        {
            InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Meter.Name == Telemetry.Name)
                {
                    listener.EnableMeasurementEvents(instrument);
                }
            },
        };
        meterListener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => measured.Enqueue((instrument.Name, value, tags.ToArray().ToDictionary())));
        meterListener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => measured.Enqueue((instrument.Name, value, tags.ToArray().ToDictionary())));
        meterListener.Start();

        await using var asking = await Asking.StartAsync(
            call => call.Number == 1 ? FakeReply.Status(500) : FakeReply.Answer("42", promptTokens: 10, completionTokens: 5),
            url => new TeachOptions { Teacher = url, Model = Model, OutputPrice = 3, Currency = "XTS", AttemptTimeout = TimeSpan.FromDays(1) });
        await asking.AskAsync();

        Assert.Equal(2, spans.Count);
        Assert.Equal("unavailable", spans.First().GetTagItem("error.type"));
        Assert.Equal(ActivityStatusCode.Error, spans.First().Status);
        var good = spans.Last();
        Assert.Equal(("chat", Model, "127.0.0.1"), (good.GetTagItem("gen_ai.operation.name"), good.GetTagItem("gen_ai.request.model"), good.GetTagItem("server.address")));
        Assert.Equal((10L, 5L), (good.GetTagItem("gen_ai.usage.input_tokens"), good.GetTagItem("gen_ai.usage.output_tokens")));
        Assert.Equal(["stop"], Assert.IsType<string[]>(good.GetTagItem("gen_ai.response.finish_reasons")));

        var ours = measured.Where(each => Equals(each.Tags.GetValueOrDefault("gen_ai.request.model"), Model)).ToList();
        Assert.Equal([("input", 10), ("output", 5)], ours.Where(each => each.Name == "gen_ai.client.token.usage").Select(each => ((string)each.Tags["gen_ai.token.type"]!, each.Value)));
        Assert.Equal(2, ours.Count(each => each.Name == "gen_ai.client.operation.duration"));
        Assert.Equal(15, measured.Where(each => Equals(each.Tags.GetValueOrDefault("currency"), "XTS")).Sum(each => each.Value));
    }
}
