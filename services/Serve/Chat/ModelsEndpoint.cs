using StreamDistill.Pipeline;

namespace StreamDistill.Serve;

/// <summary>GET /v1/models and /v1/models/{id}: the one model that is served, or none while none is loaded.</summary>
internal sealed class ModelsEndpoint(ServeOptions options, StudentSlot slot)
{
    /// <summary>All of them.</summary>
    public Task ListAsync(HttpContext context, Caller caller) => context.Response.WriteAsJsonAsync(
        new ModelList("list", Entry() is { } entry ? [entry] : []), ChatJson.Default.ModelList, cancellationToken: context.RequestAborted);

    /// <summary>One of them.</summary>
    public Task GetAsync(HttpContext context, Caller caller)
    {
        var asked = (string)context.Request.RouteValues["id"]!;
        return Entry() is { } entry && asked == entry.Id
            ? context.Response.WriteAsJsonAsync(entry, ChatJson.Default.ModelEntry, cancellationToken: context.RequestAborted)
            : throw ApiException.NoSuchModel(asked, options.Model);
    }

    private ModelEntry? Entry()
    {
        if (slot.Acquire() is not { } student)
        {
            return null;
        }

        var entry = new ModelEntry(options.Model, "model", student.LoadedAt.ToUnixTimeSeconds(), "streamdistill");
        student.Release();
        return entry;
    }
}
