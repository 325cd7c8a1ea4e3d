using System.Diagnostics;
using System.Diagnostics.Metrics;
using streamdistill;
using StreamDistill.Pipeline;
using StreamDistill.Teach.OpenAi;

namespace StreamDistill.Teach;

/// <summary>Spans and metrics of the gen_ai semantic conventions, one span per HTTP request, and what the teacher cost.</summary>
internal sealed class TeachTelemetry
{
    private static readonly Histogram<long> Tokens = Telemetry.Meter.CreateHistogram<long>(
        "gen_ai.client.token.usage", "{token}", "Tokens of prompts and completions");

    private static readonly Histogram<double> Duration = Telemetry.Meter.CreateHistogram<double>(
        "gen_ai.client.operation.duration", "s", "How long requests to the teacher took");

    private static readonly Counter<long> Cost = Telemetry.Meter.CreateCounter<long>(
        "streamdistill.teach.cost_micros", "{micro-unit}", "What answers cost, in micro-units of the currency");

    private static readonly Counter<long> Retries = Telemetry.Meter.CreateCounter<long>(
        "streamdistill.teach.retries", "{retry}", "Requests that repeat a failed one");

    private static readonly Counter<long> Errors = Telemetry.Meter.CreateCounter<long>(
        "streamdistill.teach.errors", "{sample}", "Samples that failed for good");

    private readonly TagList common;
    private readonly string currency;
    private readonly string spanName;

    /// <param name="options">Model and currency.</param>
    /// <param name="endpoint">Where requests go.</param>
    public TeachTelemetry(TeachOptions options, Uri endpoint)
    {
        currency = options.Currency;
        spanName = $"chat {options.Model}";
        common = new TagList
        {
            { "gen_ai.operation.name", "chat" },
            { "gen_ai.provider.name", "openai" },
            { "gen_ai.request.model", options.Model },
            { "server.address", endpoint.Host },
            { "server.port", endpoint.Port },
        };
    }

    /// <summary>Starts the span of a request; null where nobody listens.</summary>
    public Activity? Start(ChatCall call)
    {
        var span = Telemetry.Source.StartActivity(spanName, ActivityKind.Client);
        if (span is { IsAllDataRequested: true })
        {
            foreach (var tag in common)
            {
                span.SetTag(tag.Key, tag.Value);
            }

            span.SetTag("gen_ai.request.choice.count", call.Count);
            span.SetTag("gen_ai.request.temperature", call.Prompt.Sampling.Temperature);
            span.SetTag("gen_ai.request.top_p", call.Prompt.Sampling.TopP);
            span.SetTag("gen_ai.request.max_tokens", call.Prompt.Sampling.MaxTokens);
            span.SetTag("gen_ai.request.seed", call.Seed);
        }

        return span;
    }

    /// <summary>A request was answered.</summary>
    public void Answered(Activity? span, ChatAnswer answer, Bill bill)
    {
        Duration.Record(answer.Latency.TotalSeconds, common);
        Cost.Add(bill.CostMicros, new KeyValuePair<string, object?>("currency", currency));
        if (answer.Usage is { } usage)
        {
            RecordTokens("input", usage.PromptTokens ?? 0);
            RecordTokens("output", usage.CompletionTokens ?? 0);
            span?.SetTag("gen_ai.usage.input_tokens", usage.PromptTokens);
            span?.SetTag("gen_ai.usage.output_tokens", usage.CompletionTokens);
        }

        span?.SetTag("gen_ai.response.model", answer.Revision);
        span?.SetTag("gen_ai.response.finish_reasons", answer.Choices.Select(choice => choice.FinishReason).ToArray());
    }

    /// <summary>A request failed.</summary>
    public void Failed(Activity? span, string code, TimeSpan elapsed)
    {
        var tags = common;
        tags.Add("error.type", code);
        Duration.Record(elapsed.TotalSeconds, tags);
        span?.SetTag("error.type", code);
        span?.SetStatus(ActivityStatusCode.Error, code);
    }

    /// <summary>A request is about to be repeated.</summary>
    public static void Retried(string code) => Retries.Add(1, new KeyValuePair<string, object?>("error.type", code));

    /// <summary>A sample failed for good.</summary>
    public static void GaveUp(TeacherError error) => Errors.Add(1, new KeyValuePair<string, object?>("error.type", error.Code));

    private void RecordTokens(string type, long count)
    {
        var tags = common;
        tags.Add("gen_ai.token.type", type);
        Tokens.Record(count, tags);
    }
}
