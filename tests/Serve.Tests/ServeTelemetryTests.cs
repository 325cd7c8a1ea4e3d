using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using StreamDistill.Pipeline;

namespace StreamDistill.Serve.Tests;

public sealed class ServeTelemetryTests
{
    [Fact]
    public async Task Each_request_is_a_span_and_its_tokens_and_times_are_measured()
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

        int promptTokens;
        await using (var app = await ServeApp.StartAsync(("Serve:ModelName", Model)))
        {
            var good = await app.PostAsync(ServeApp.Body("\"max_tokens\":9,\"temperature\":0,\"n\":2").Replace("\"tiny\"", $"\"{Model}\"", StringComparison.Ordinal));
            (await app.PostAsync(ServeApp.Body())).AssertError(404, "model_not_found", "model");
            promptTokens = good.Usage("prompt_tokens");
        }

        Assert.Equal(2, spans.Count);
        Assert.Equal((2, 18L), (spans.First().GetTagItem("gen_ai.request.choice.count"), spans.First().GetTagItem("gen_ai.usage.output_tokens")));
        Assert.Equal("model_not_found", spans.Last().GetTagItem("error.type"));

        var ours = measured.Where(each => Equals(each.Tags.GetValueOrDefault("gen_ai.request.model"), Model)).ToList();
        Assert.Equal(
            [("input", promptTokens), ("output", 18)],
            ours.Where(each => each.Name == "gen_ai.client.token.usage").Select(each => ((string)each.Tags["gen_ai.token.type"]!, each.Value)));
        Assert.Equal(2, ours.Count(each => each.Name == "gen_ai.server.request.duration"));
        Assert.True(Assert.Single(ours, each => each.Name == "gen_ai.server.time_to_first_token").Value > 0);
        Assert.True(Assert.Single(ours, each => each.Name == "gen_ai.server.time_per_output_token").Value > 0);
    }
}
