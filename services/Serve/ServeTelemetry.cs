using System.Diagnostics;
using System.Diagnostics.Metrics;
using StreamDistill.Pipeline;

namespace StreamDistill.Serve;

/// <summary>Spans and metrics of the gen_ai semantic conventions for servers, one span per request, and how busy the loop is.</summary>
internal sealed class ServeTelemetry
{
    private static readonly Histogram<double> Duration = Telemetry.Meter.CreateHistogram<double>(
        "gen_ai.server.request.duration", "s", "How long requests took");

    private static readonly Histogram<double> FirstToken = Telemetry.Meter.CreateHistogram<double>(
        "gen_ai.server.time_to_first_token", "s", "How long requests waited for their first token, in the queue and in the prompt");

    private static readonly Histogram<double> PerToken = Telemetry.Meter.CreateHistogram<double>(
        "gen_ai.server.time_per_output_token", "s", "Time between the tokens of a sample after its first");

    private static readonly Histogram<long> Tokens = Telemetry.Meter.CreateHistogram<long>(
        "gen_ai.client.token.usage", "{token}", "Tokens of prompts and completions");

    private readonly TimeProvider time;
    private readonly TagList common;
    private readonly string spanName;

    /// <param name="options">The model's name.</param>
    /// <param name="time">The clock.</param>
    public ServeTelemetry(ServeOptions options, TimeProvider time)
    {
        this.time = time;
        spanName = $"chat {options.Model}";
        common = new TagList
        {
            { "gen_ai.operation.name", "chat" },
            { "gen_ai.provider.name", "streamdistill" },
            { "gen_ai.request.model", options.Model },
        };
    }

    /// <summary>Shows how busy the loop is.</summary>
    public void Observe(InferenceLoop loop)
    {
        Telemetry.Meter.CreateObservableGauge("streamdistill.serve.active_rows", () => loop.ActiveRows, "{row}", "Answers that are being generated");
        Telemetry.Meter.CreateObservableGauge("streamdistill.serve.queue", () => loop.Waiting, "{request}", "Requests that wait for a row");
    }

    /// <summary>Begins to measure a request.</summary>
    public Call Begin() => new(this);

    /// <summary>A request while it is answered. Disposing of it records what was measured.</summary>
    internal sealed class Call : IDisposable
    {
        private readonly ServeTelemetry telemetry;
        private readonly Activity? span;
        private readonly long started;
        private long? firstTokenAt;
        private long lastTokenAt;
        private int samples = 1;
        private string? error;

        public Call(ServeTelemetry telemetry)
        {
            this.telemetry = telemetry;
            started = telemetry.time.GetTimestamp();
            span = Telemetry.Source.StartActivity(telemetry.spanName, ActivityKind.Server);
            foreach (var tag in telemetry.common)
            {
                span?.SetTag(tag.Key, tag.Value);
            }
        }

        /// <summary>Tokens of the prompt.</summary>
        public int PromptTokens { get; private set; }

        /// <summary>Tokens of all samples.</summary>
        public int CompletionTokens { get; private set; }

        /// <summary>What the request asks for.</summary>
        public void Asked(ChatRequest request, ServedStudent student, int promptTokens)
        {
            PromptTokens = promptTokens;
            samples = request.Samples;
            span?.SetTag("gen_ai.request.choice.count", samples);
            span?.SetTag("gen_ai.request.temperature", request.Sampling.Temperature);
            span?.SetTag("gen_ai.request.top_p", request.Sampling.TopP);
            span?.SetTag("gen_ai.request.max_tokens", request.Sampling.MaxTokens);
            span?.SetTag("gen_ai.request.seed", request.Sampling.Seed);
            span?.SetTag("gen_ai.response.model", student.Fingerprint);
        }

        /// <summary>A token was generated.</summary>
        public void Generated()
        {
            lastTokenAt = telemetry.time.GetTimestamp();
            firstTokenAt ??= lastTokenAt;
            CompletionTokens++;
        }

        /// <summary>The request was refused, or broke off.</summary>
        public void Failed(string code) => error = code;

        /// <inheritdoc/>
        public void Dispose()
        {
            var tags = telemetry.common;
            if (error is not null)
            {
                tags.Add("error.type", error);
                span?.SetTag("error.type", error);
                span?.SetStatus(ActivityStatusCode.Error, error);
            }

            Duration.Record(telemetry.time.GetElapsedTime(started).TotalSeconds, tags);
            if (firstTokenAt is { } first)
            {
                FirstToken.Record(telemetry.time.GetElapsedTime(started, first).TotalSeconds, telemetry.common);
                RecordTokens("input", PromptTokens);
                RecordTokens("output", CompletionTokens);
                if (CompletionTokens > samples)
                {
                    PerToken.Record(telemetry.time.GetElapsedTime(first, lastTokenAt).TotalSeconds * samples / (CompletionTokens - samples), telemetry.common);
                }
            }

            span?.Dispose();
        }

        private void RecordTokens(string type, long count)
        {
            var tags = telemetry.common;
            tags.Add("gen_ai.token.type", type);
            Tokens.Record(count, tags);
            span?.SetTag($"gen_ai.usage.{type}_tokens", count);
        }
    }
}
