using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace StreamDistill.Embedded.SchemaRegistry.Api;

/// <summary>Turns whatever goes wrong into an answer of the form <c>{"error_code": 40401, "message": "…"}</c>.</summary>
internal static class ErrorAnswers
{
    public static async Task GuardAsync(HttpContext context, RequestDelegate next)
    {
        try
        {
            await next(context);
            if (context.Response is { HasStarted: false, StatusCode: >= 400, ContentLength: null })
            {
                await WriteAsync(context, context.Response.StatusCode, context.Response.StatusCode, "There is nothing at this path for this method.");
            }
        }
        catch (RegistryException e)
        {
            await WriteAsync(context, e.Status, e.ErrorCode, e.Message);
        }
        catch (BadHttpRequestException e)
        {
            await WriteAsync(context, e.StatusCode, e.StatusCode, e.Message);
        }
        catch (JsonException e)
        {
            await WriteAsync(context, 400, 400, $"The request's body is not valid JSON: {e.Message}");
        }
        catch (Exception e) when (e is not OperationCanceledException || !context.RequestAborted.IsCancellationRequested)
        {
            await WriteAsync(context, 500, 50001, $"Error in the backend data store: {e.GetType().Name}: {e.Message}");
        }
    }

    private static async Task WriteAsync(HttpContext context, int status, int code, string message)
    {
        context.Response.StatusCode = status;
        await Answers.WriteAsync(context, json =>
        {
            json.WriteStartObject();
            json.WriteNumber("error_code", code);
            json.WriteString("message", message);
            json.WriteEndObject();
        });
    }
}
