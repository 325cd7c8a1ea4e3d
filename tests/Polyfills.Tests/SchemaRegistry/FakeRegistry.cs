using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Polyfills.Tests.SchemaRegistry;

/// <summary>A server that answers as a test tells it to, and remembers what it was asked.</summary>
public sealed class FakeRegistry : IAsyncDisposable
{
    private readonly WebApplication application;

    private FakeRegistry(WebApplication application) => this.application = application;

    public delegate Task Answer(HttpContext context);

    public string Url { get; private set; } = "";

    /// <summary>How it answers from now on.</summary>
    public Answer Behaviour { get; set; } = context => Task.CompletedTask;

    /// <summary>Method, path and query of each request so far.</summary>
    public ConcurrentQueue<string> Requests { get; } = new();

    /// <summary>The headers of the latest request.</summary>
    public IHeaderDictionary Headers { get; private set; } = new HeaderDictionary();

    public static async Task<FakeRegistry> StartAsync(Answer behaviour)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        var application = builder.Build();
        var fake = new FakeRegistry(application) { Behaviour = behaviour };
        application.Run(async context =>
        {
            fake.Requests.Enqueue($"{context.Request.Method} {context.Request.Path}{context.Request.QueryString}");
            fake.Headers = new HeaderDictionary(context.Request.Headers.ToDictionary(each => each.Key, each => each.Value));
            await fake.Behaviour(context);
        });
        await application.StartAsync(TestContext.Current.CancellationToken);
        fake.Url = application.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        return fake;
    }

    /// <summary>Answers with a status and a body.</summary>
    public static Answer Always(int status, string body) => context =>
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/vnd.schemaregistry.v1+json";
        return context.Response.WriteAsync(body);
    };

    /// <summary>Answers the n-th request from now on, counted from 0, in the n-th way, and all later ones in the last.</summary>
    public static Answer InTurn(params Answer[] answers)
    {
        var next = -1;
        return context => answers[Math.Min(Interlocked.Increment(ref next), answers.Length - 1)](context);
    }

    public ValueTask DisposeAsync() => application.DisposeAsync();
}
