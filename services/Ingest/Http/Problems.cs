using System.Globalization;
using Microsoft.AspNetCore.Mvc;

namespace StreamDistill.Ingest;

/// <summary>The problem bodies (RFC 9457) of this API; their types are stable names, not addresses.</summary>
internal static class Problems
{
    public static IResult Unauthorized(HttpContext context, bool keysExist)
    {
        context.Response.Headers.WWWAuthenticate = "Bearer";
        return Of(StatusCodes.Status401Unauthorized, "unauthorized", "A key is needed", keysExist
            ? "Send the key as: Authorization: Bearer KEY."
            : "No keys are configured (Ingest:KeysFile), so only requests from the same machine are taken.");
    }

    public static IResult NotReady(HttpContext context, string why)
    {
        RetryAfter(context, TimeSpan.FromSeconds(2));
        return Of(StatusCodes.Status503ServiceUnavailable, "not_ready", "Not ready yet", why);
    }

    public static IResult UnsupportedMediaType(string detail) =>
        Of(StatusCodes.Status415UnsupportedMediaType, "unsupported_media_type", "The body's type is not supported", detail);

    public static IResult BadRequest(string detail) => Of(StatusCodes.Status400BadRequest, "bad_request", "The request is wrong", detail);

    public static IResult TooLarge(long maxBodyBytes) => Of(
        StatusCodes.Status413PayloadTooLarge, "too_large", "The body is too large", $"At most {maxBodyBytes} bytes are taken in one request; send several.");

    public static IResult Of(int status, string type, string title, string detail, SubmissionReport? report = null)
    {
        var problem = new ProblemDetails { Status = status, Type = "urn:streamdistill:problem:" + type, Title = title, Detail = detail };
        if (report is not null)
        {
            problem.Extensions["accepted"] = report.Accepted;
            problem.Extensions["refused"] = report.Refused;
            problem.Extensions["failed"] = report.Failed;
            if (report.UnreadFromLine is { } line)
            {
                problem.Extensions["unread_from_line"] = line;
            }
        }

        return Results.Json(problem, contentType: "application/problem+json", statusCode: status);
    }

    /// <summary>Whole seconds, at least one, as the header wants them.</summary>
    public static void RetryAfter(HttpContext context, TimeSpan wait) =>
        context.Response.Headers.RetryAfter = Math.Max(1, (long)Math.Ceiling(wait.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
}
