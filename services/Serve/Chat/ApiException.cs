using System.Globalization;
using StreamDistill.Contracts;

namespace StreamDistill.Serve;

/// <summary>A request is refused: the status, and what stands in OpenAI's error object.</summary>
internal sealed class ApiException : StreamDistillException
{
    private ApiException(int status, string type, string code, string message, string? param = null, TimeSpan? retryAfter = null)
        : base(message, isTransient: status is 429 or 503)
    {
        (Status, Error, RetryAfter) = (status, new ApiError(message, type, param, code), retryAfter);
    }

    /// <summary>The response's status.</summary>
    public int Status { get; }

    /// <summary>The error object.</summary>
    public ApiError Error { get; }

    /// <summary>When to try again, where that helps.</summary>
    public TimeSpan? RetryAfter { get; }

    /// <summary>A field has a value that is not allowed.</summary>
    /// <param name="field">Where it stands, such as messages[0].role.</param>
    /// <param name="rule">What it is and what is allowed.</param>
    public static ApiException Invalid(string field, string rule) =>
        new(400, "invalid_request_error", "invalid_value", $"'{field}' {rule}", field);

    /// <summary>A field asks for what this server does not do.</summary>
    public static ApiException Unsupported(string field, string rule) =>
        new(400, "invalid_request_error", "unsupported_parameter", $"'{field}' {rule}", field);

    /// <summary>The body is no JSON object.</summary>
    public static ApiException NotJson(string what) => new(400, "invalid_request_error", "invalid_json", what);

    /// <summary>The body is larger than allowed.</summary>
    public static ApiException TooLarge(int bytesMax) =>
        new(413, "invalid_request_error", "request_too_large", $"The body is larger than {bytesMax} bytes, which is the most that is taken.");

    /// <summary>The body's media type is another.</summary>
    public static ApiException NotJsonType(string? type) =>
        new(415, "invalid_request_error", "unsupported_media_type", $"The body's type is '{type}'; send Content-Type: application/json.");

    /// <summary>The prompt leaves no room for an answer.</summary>
    public static ApiException ContextExceeded(int promptTokens, int contextMax) => new(
        400, "invalid_request_error", "context_length_exceeded",
        $"This model's context is {contextMax} tokens, and the messages have {promptTokens}: they must leave room for one token at least.", "messages");

    /// <summary>No key, or a wrong one.</summary>
    public static ApiException Unauthorized(bool keysExist) => new(401, "invalid_request_error", "invalid_api_key", keysExist
        ? "Send a key of this server as: Authorization: Bearer KEY."
        : $"No keys are configured ({ServeOptions.Section}:{nameof(ServeOptions.KeysFile)}), so only requests from the same machine are taken.");

    /// <summary>There is no such model here.</summary>
    public static ApiException NoSuchModel(string asked, string served) =>
        new(404, "invalid_request_error", "model_not_found", $"The model '{asked}' does not exist here; served is '{served}'.", "model");

    /// <summary>The key's quota is used up.</summary>
    public static ApiException OverQuota(TimeSpan retryAfter) =>
        new(429, "requests", "rate_limit_exceeded", "The key's requests per minute are used up; wait as Retry-After says.", retryAfter: retryAfter);

    /// <summary>The queue is full.</summary>
    public static ApiException Overloaded(int queueMax) => new(
        429, "requests", "rate_limit_exceeded", $"{queueMax} requests are waiting already, which is the most that may; wait as Retry-After says.", retryAfter: TimeSpan.FromSeconds(1));

    /// <summary>No student has been loaded yet.</summary>
    public static ApiException NotReady(string model) => new(
        503, "server_error", "model_not_ready", $"The model '{model}' is not loaded yet; /health/ready says why.", retryAfter: TimeSpan.FromSeconds(5));

    /// <summary>The server failed; its log says how.</summary>
    public static ApiException Failed() => new(500, "server_error", "internal_error", "The server failed to answer; its log says how.");

    /// <summary>Answers the request.</summary>
    public async Task AnswerAsync(HttpContext context)
    {
        context.Response.StatusCode = Status;
        if (Status == StatusCodes.Status401Unauthorized)
        {
            context.Response.Headers.WWWAuthenticate = "Bearer";
        }

        if (RetryAfter is { } wait)
        {
            context.Response.Headers.RetryAfter = Math.Max(1, (long)Math.Ceiling(wait.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
        }

        await context.Response.WriteAsJsonAsync(new ApiErrorBody(Error), ChatJson.Default.ApiErrorBody, cancellationToken: context.RequestAborted);
    }
}
