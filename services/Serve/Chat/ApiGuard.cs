using StreamDistill.Pipeline;

namespace StreamDistill.Serve;

/// <summary>What stands around every endpoint: who may call, and OpenAI's error object for whatever goes wrong.</summary>
internal sealed partial class ApiGuard(ApiKeys keys, ILogger<ApiGuard> logger)
{
    /// <summary>The endpoint with its guard.</summary>
    public RequestDelegate Around(Func<HttpContext, Caller, Task> endpoint) => async context =>
    {
        try
        {
            await endpoint(context, keys.Authenticate(context) ?? throw ApiException.Unauthorized(keys.AreRequired));
        }
        catch (ApiException e)
        {
            await e.AnswerAsync(context);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            LogGone(context.Request.Path);
        }
        catch (Exception e) when (!context.Response.HasStarted)
        {
            LogFailed(context.Request.Path, e);
            await ApiException.Failed().AnswerAsync(context);
        }
    };

    [LoggerMessage(LogLevel.Debug, "The client of a request for {Path} went away.")]
    private partial void LogGone(string path);

    [LoggerMessage(LogLevel.Error, "A request for {Path} failed.")]
    private partial void LogFailed(string path, Exception exception);
}
