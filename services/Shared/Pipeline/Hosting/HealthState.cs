using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace StreamDistill.Pipeline;

/// <summary>What /health/live and /health/ready say. A part is whatever can be ready by itself: kafka, teacher…</summary>
public sealed class HealthState
{
    private readonly ConcurrentDictionary<string, (bool Ready, string? Why)> parts = new(StringComparer.Ordinal);

    /// <summary>Why the process should be restarted; null while it should not.</summary>
    public string? Failure { get; private set; }

    /// <summary>Whether every part is ready.</summary>
    public bool IsReady => parts.Values.All(part => part.Ready);

    /// <summary>Says how a part is.</summary>
    /// <param name="part">Its name.</param>
    /// <param name="ready">Whether it does its work.</param>
    /// <param name="why">What it waits for, where it is not ready; what is amiss, where it is ready all the same.</param>
    public void SetReady(string part, bool ready, string? why = null) => parts[part] = (ready, why);

    /// <summary>Says that the process cannot go on.</summary>
    public void Fail(string why) => Failure = why;

    /// <summary>What is said of a part: ready, or what it waits for, or what is amiss.</summary>
    public string PartDetail(string part) => parts.TryGetValue(part, out var state) ? Detail(state) : "not there";

    internal object Describe() => new
    {
        status = Failure is not null ? "failed" : IsReady ? "ready" : "not ready",
        failure = Failure,
        parts = parts.OrderBy(part => part.Key, StringComparer.Ordinal)
            .ToDictionary(part => part.Key, part => Detail(part.Value)),
    };

    private static string Detail((bool Ready, string? Why) part) => part.Why ?? (part.Ready ? "ready" : "not ready");
}

/// <summary>The health endpoints.</summary>
internal static class HealthEndpoints
{
    public static void MapHealth(this IEndpointRouteBuilder endpoints)
    {
        endpoints.MapGet("/health/live", (HealthState health) => Answer(health, health.Failure is null));
        endpoints.MapGet("/health/ready", (HealthState health) => Answer(health, health.Failure is null && health.IsReady));
    }

    private static IResult Answer(HealthState health, bool well) =>
        Results.Json(health.Describe(), statusCode: well ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable);
}
