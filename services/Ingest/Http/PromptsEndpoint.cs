using System.Net.Http.Headers;
using Microsoft.AspNetCore.Http.Features;
using StreamDistill.Pipeline;

namespace StreamDistill.Ingest;

/// <summary>
/// POST /v1/prompts: one prompt, an array of them, or one per line; gzip or plain. 202 names what is stored, and what is
/// not and why; a problem body (RFC 9457) says the same where nothing, or not everything that could be, is stored.
/// </summary>
internal sealed class PromptsEndpoint(PromptSubmitter submitter, PromptIndex index, ApiKeys keys, IngestOptions options, TimeProvider time)
{
    public async Task<IResult> HandleAsync(HttpContext context)
    {
        using var activity = Telemetry.Source.StartActivity("POST /v1/prompts");
        if (keys.Authenticate(context) is not { } from)
        {
            return Problems.Unauthorized(context, keys.AreRequired);
        }

        if (!index.IsComplete)
        {
            return Problems.NotReady(context, "The prompts stored so far are still being read from Kafka; see /health/ready.");
        }

        if (RefuseMediaType(context.Request, out var layout) is { } unsupported)
        {
            return unsupported;
        }

        if (RefuseQuery(context.Request.Query, out var format, out var useLoggedAnswer) is { } wrong)
        {
            return wrong;
        }

        if (context.Request.ContentLength > options.MaxBodyBytes)
        {
            return Problems.TooLarge(options.MaxBodyBytes);
        }

        var reader = new PromptReader(
            options.ReaderOptions with { Layout = layout, Format = format, UseLoggedAnswer = useLoggedAnswer, Tenant = from.Tenant, TenantIsFixed = from.HasKey },
            time);
        return await SubmitAsync(context, reader, new SubmissionRun(submitter, from, options));
    }

    private async Task<IResult> SubmitAsync(HttpContext context, PromptReader reader, SubmissionRun run)
    {
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
        {
            limit.MaxRequestBodySize = options.MaxBodyBytes;
        }

        BadHttpRequestException? broken = null;
        try
        {
            await run.ReadAsync(reader.ReadAsync(context.Request.BodyReader, context.RequestAborted), context.RequestAborted);
        }
        catch (BadHttpRequestException e)
        {
            broken = e;
        }

        await run.SettleAsync();
        return Answer(context, run.Report, broken);
    }

    private static IResult Answer(HttpContext context, SubmissionReport report, BadHttpRequestException? broken)
    {
        if (report.Failed.Count > 0)
        {
            Problems.RetryAfter(context, TimeSpan.FromSeconds(5));
            return Problems.Of(
                StatusCodes.Status503ServiceUnavailable, "not_stored", "Not everything could be stored",
                $"Send the failed lines again, and what was not read. The first: {report.Failed[0].Reason}", report);
        }

        if (broken is not null)
        {
            return broken.StatusCode == StatusCodes.Status413PayloadTooLarge
                ? Problems.Of(broken.StatusCode, "too_large", "The body is too large", "The lines accepted are stored; send the rest in another request.", report)
                : Problems.Of(broken.StatusCode, "broken_body", "The body could not be read to its end", broken.Message, report);
        }

        if (report.Refused.Find(refusal => refusal.Code == RefusalCodes.InputTooLarge) is { } tooLarge)
        {
            return Problems.Of(StatusCodes.Status413PayloadTooLarge, "too_large", "The body is too large", tooLarge.Reason, report);
        }

        return report.Accepted.Count > 0 ? Results.Json(report, statusCode: StatusCodes.Status202Accepted) : AnswerNothing(context, report);
    }

    private static IResult AnswerNothing(HttpContext context, SubmissionReport report)
    {
        if (report.Refused.Exists(refusal => refusal.Code == RefusalCodes.Quota))
        {
            Problems.RetryAfter(context, report.RetryAfter ?? TimeSpan.FromSeconds(1));
            return Problems.Of(StatusCodes.Status429TooManyRequests, "quota", "The quota is used up", "Wait as Retry-After says and send the lines again.", report);
        }

        if (report.Refused.Count == 0)
        {
            return Problems.BadRequest("The body has no prompt.");
        }

        return report.Refused.TrueForAll(refusal => refusal.Code == RefusalCodes.TooLarge)
            ? Problems.Of(StatusCodes.Status413PayloadTooLarge, "too_large", "Every prompt is too large", report.Refused[0].Reason, report)
            : Problems.Of(
                StatusCodes.Status400BadRequest, "nothing_accepted", "No prompt could be accepted",
                $"Line {report.Refused[0].Line}, {report.Refused[0].Field}: {report.Refused[0].Reason}", report);
    }

    private static IResult? RefuseMediaType(HttpRequest request, out InputLayout layout)
    {
        layout = InputLayout.Document;
        if (!MediaTypeHeaderValue.TryParse(request.ContentType, out var type))
        {
            return Problems.UnsupportedMediaType("Say what the body is: Content-Type application/json or application/x-ndjson.");
        }

        if (type.CharSet is { } charset && !charset.Trim('"').Equals("utf-8", StringComparison.OrdinalIgnoreCase))
        {
            return Problems.UnsupportedMediaType($"The charset is {charset}; JSON is UTF-8.");
        }

        if (request.Headers.ContentEncoding.ToString() is not ("" or "identity" or "gzip") and var encoding)
        {
            return Problems.UnsupportedMediaType($"The content encoding is {encoding}; supported are identity and gzip.");
        }

        switch (type.MediaType?.ToLowerInvariant())
        {
            case "application/json":
                return null;
            case "application/x-ndjson" or "application/ndjson" or "application/jsonl" or "application/x-jsonlines":
                layout = InputLayout.Lines;
                return null;
            default:
                return Problems.UnsupportedMediaType($"The type is {type.MediaType}; supported are application/json, application/x-ndjson and application/jsonl.");
        }
    }

    private static IResult? RefuseQuery(IQueryCollection query, out PromptFormat format, out bool useLoggedAnswer)
    {
        format = PromptFormat.Auto;
        useLoggedAnswer = false;
        foreach (var (name, value) in query)
        {
            switch (name)
            {
                case "format" when Enum.TryParse(value, ignoreCase: true, out format) && Enum.IsDefined(format) && !int.TryParse(value, out _):
                    break;
                case "format":
                    return Problems.BadRequest($"format is '{value}'; allowed are auto, prompt, openai and flywheel.");
                case "reference" when value == "logged":
                    useLoggedAnswer = true;
                    break;
                case "reference":
                    return Problems.BadRequest($"reference is '{value}'; allowed is logged, which makes a log's own answer the reference rationale.");
                default:
                    return Problems.BadRequest($"There is no query parameter '{name}'; there are format and reference.");
            }
        }

        return null;
    }
}
