using System.Net.Http.Headers;
using Microsoft.AspNetCore.Http.Features;
using StreamDistill.Pipeline;

namespace StreamDistill.Serve;

/// <summary>POST /v1/chat/completions.</summary>
internal sealed class ChatEndpoint(ServeOptions options, StudentSlot slot, InferenceLoop loop, ServeTelemetry telemetry, TimeProvider time)
{
    /// <summary>Reads the request, has it answered, and writes the answer, whole or as it comes.</summary>
    public async Task HandleAsync(HttpContext context, Caller caller)
    {
        using var call = telemetry.Begin();
        try
        {
            TakePermit(caller);
            var request = await ReadAsync(context);
            var generation = Enqueue(request, call);
            try
            {
                var answer = new ChatResponse(request, generation, call, options.Model, time);
                await (request.Stream ? answer.StreamAsync(context) : answer.WriteAsync(context));
            }
            finally
            {
                // Where the client went away, its rows are freed; an answer that is complete does not mind.
                generation.Cancel();
            }
        }
        catch (Exception e)
        {
            call.Failed(e is ApiException refused ? refused.Error.Code : e is OperationCanceledException ? "cancelled" : "internal_error");
            throw;
        }
    }

    private static void TakePermit(Caller caller)
    {
        if (caller.Quota is { } quota)
        {
            using var lease = quota.AttemptAcquire();
            if (!lease.IsAcquired)
            {
                throw ApiException.OverQuota(lease.TryGetMetadata(System.Threading.RateLimiting.MetadataName.RetryAfter, out var wait) ? wait : TimeSpan.FromSeconds(1));
            }
        }
    }

    private async Task<ChatRequest> ReadAsync(HttpContext context)
    {
        // A web page can post other types to a local server without asking first.
        if (!MediaTypeHeaderValue.TryParse(context.Request.ContentType, out var type) || type.MediaType != "application/json")
        {
            throw ApiException.NotJsonType(context.Request.ContentType);
        }

        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
        {
            limit.MaxRequestBodySize = options.BodyBytesMax;
        }

        try
        {
            return await ChatRequestReader.ReadAsync(context.Request.Body, options.SamplesMax, options.ContextMax, context.RequestAborted);
        }
        catch (BadHttpRequestException e)
        {
            throw e.StatusCode == StatusCodes.Status413PayloadTooLarge ? ApiException.TooLarge(options.BodyBytesMax) : ApiException.NotJson(e.Message);
        }
    }

    private Generation Enqueue(ChatRequest request, ServeTelemetry.Call call)
    {
        if (request.Model != options.Model)
        {
            throw ApiException.NoSuchModel(request.Model, options.Model);
        }

        var student = slot.Acquire() ?? throw ApiException.NotReady(options.Model);
        var isTaken = false;
        try
        {
            var prompt = student.Tokenizer.Chat.Encode(request.Messages, addGenerationPrompt: true);
            if (prompt.Count >= student.ContextMax)
            {
                throw ApiException.ContextExceeded(prompt.Count, student.ContextMax);
            }

            call.Asked(request, student, prompt.Count);
            var generation = new Generation(student, prompt, request.Sampling, request.Samples);
            isTaken = loop.TryEnqueue(generation);
            return isTaken ? generation : throw ApiException.Overloaded(options.QueueMax);
        }
        finally
        {
            if (!isTaken)
            {
                student.Release();
            }
        }
    }
}
