using System.Net;
using System.Text;
using System.Text.Json;
using StreamDistill.Embedded.SchemaRegistry;

namespace StreamDistill.Embedded.Tests.SchemaRegistry;

/// <summary>A registry of the test's own, spoken to in plain HTTP.</summary>
public sealed class RegistryClient : IAsyncDisposable
{
    private readonly SchemaRegistryServer server;
    private readonly HttpClient http;

    private RegistryClient(SchemaRegistryServer server)
    {
        this.server = server;
        http = new HttpClient { BaseAddress = server.Url };
    }

    public Uri Url => server.Url;

    public HttpClient Http => http;

    public static async Task<RegistryClient> StartAsync(SchemaRegistryOptions? options = null) =>
        new(await SchemaRegistryServer.StartAsync(options ?? new SchemaRegistryOptions { InMemory = true }, TestContext.Current.CancellationToken));

    /// <summary>The status and the body of an answer.</summary>
    public async Task<(int Status, JsonElement Body)> SendAsync(string method, string path, string? body = null)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        if (body != null)
        {
            request.Content = new StringContent(body, Encoding.UTF8, "application/vnd.schemaregistry.v1+json");
        }

        using var response = await http.SendAsync(request, TestContext.Current.CancellationToken);
        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.Equal("application/vnd.schemaregistry.v1+json", response.Content.Headers.ContentType?.MediaType);
        return ((int)response.StatusCode, JsonSerializer.Deserialize<JsonElement>(text));
    }

    /// <summary>The body of an answer that must be a success.</summary>
    public async Task<JsonElement> OkAsync(string method, string path, string? body = null)
    {
        var (status, answer) = await SendAsync(method, path, body);
        Assert.True(status == (int)HttpStatusCode.OK, $"{method} {path} was answered with {status}: {answer}");
        return answer;
    }

    /// <summary>Asserts that an answer is an error, and returns its message.</summary>
    public async Task<string> RefusedAsync(int status, int code, string method, string path, string? body = null)
    {
        var (actual, answer) = await SendAsync(method, path, body);
        Assert.Equal((status, code), (actual, answer.GetProperty("error_code").GetInt32()));
        return answer.GetProperty("message").GetString()!;
    }

    /// <summary>The id of a schema that is registered.</summary>
    public async Task<int> RegisterAsync(string subject, string schema) =>
        (await OkAsync("POST", $"/subjects/{subject}/versions", Body(schema))).GetProperty("id").GetInt32();

    /// <summary>The body that holds a schema.</summary>
    public static string Body(string schema, object? more = null)
    {
        var body = JsonSerializer.SerializeToNode(more ?? new { })!.AsObject();
        body["schema"] = schema;
        return body.ToJsonString();
    }

    public async ValueTask DisposeAsync()
    {
        http.Dispose();
        await server.DisposeAsync();
    }
}
