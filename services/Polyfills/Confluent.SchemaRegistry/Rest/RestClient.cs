using System.Net;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;

namespace Confluent.SchemaRegistry.Rest;

/// <summary>
/// Sends a request to the first of several registries that answers. Connection failures, time-outs and the statuses 408, 429,
/// 500, 502, 503 and 504 are tried again with a jittered, doubling wait, then at the next URL; any other error ends the request.
/// </summary>
internal sealed class RestClient : IDisposable
{
    private static readonly MediaTypeHeaderValue RequestType = new("application/vnd.schemaregistry.v1+json");
    private static readonly string ClientVersion = $"dotnet/{typeof(RestClient).Assembly.GetName().Version?.ToString(3)}";

    private readonly ClientSettings settings;
    private readonly HttpClient[] clients;

    // The client that succeeded last; the next request starts with it.
    private volatile int current;

    public RestClient(ClientSettings settings)
    {
        this.settings = settings;
        clients = settings.Urls.Select(url => new HttpClient(CreateHandler(settings))
        {
            BaseAddress = url,
            Timeout = TimeSpan.FromMilliseconds(settings.RequestTimeoutMs),
        }).ToArray();
    }

    /// <summary>The body of the answer to a request at a path relative to the registry's URL.</summary>
    public async Task<JsonElement> SendAsync(HttpMethod method, string path, byte[] body = null)
    {
        var failures = new List<string>();
        var causes = new List<Exception>();
        var first = current;
        for (var i = 0; i < clients.Length; i++)
        {
            var index = (first + i) % clients.Length;
            var client = clients[index];
            try
            {
                using var response = await SendWithRetriesAsync(client, method, path, body).ConfigureAwait(false);
                var text = await response.Content.ReadAsStringAsync().ConfigureAwait(false);
                if (response.IsSuccessStatusCode)
                {
                    current = index;
                    using var document = JsonDocument.Parse(text);
                    return document.RootElement.Clone();
                }

                var error = ReadError(text);
                if (IsRetriable(response.StatusCode))
                {
                    failures.Add($"[{client.BaseAddress}] {response.StatusCode} {error?.Code} {error?.Message}".TrimEnd());
                }
                else if (error == null && response.StatusCode == HttpStatusCode.Unauthorized)
                {
                    // One registry's refusal is enough: another would refuse the same credentials.
                    failures.Add($"[{client.BaseAddress}] HttpRequestException: Unauthorized");
                    break;
                }
                else
                {
                    throw new SchemaRegistryException(error?.Message, response.StatusCode, error?.Code ?? -1);
                }
            }
            catch (Exception e) when (IsNetworkFailure(e))
            {
                failures.Add($"[{client.BaseAddress}] {e.GetType().Name}: {e.Message}");
                causes.Add(e);
            }
        }

        throw new HttpRequestException(
            string.Join("; ", failures), causes.Count == 1 ? causes[0] : new AggregateException(causes));
    }

    public void Dispose()
    {
        foreach (var client in clients)
        {
            client.Dispose();
        }
    }

    private async Task<HttpResponseMessage> SendWithRetriesAsync(HttpClient client, HttpMethod method, string path, byte[] body)
    {
        for (var attempt = 0; ; attempt++)
        {
            var last = attempt >= settings.MaxRetries - 1;
            try
            {
                using var request = CreateRequest(method, path, body);
                var response = await client.SendAsync(request).ConfigureAwait(false);
                if (last || !IsRetriable(response.StatusCode))
                {
                    return response;
                }

                response.Dispose();
            }
            catch (Exception e) when (!last && IsNetworkFailure(e))
            {
                // Tried again below.
            }

            var waitMs = Random.Shared.NextDouble() * Math.Pow(2, attempt) * settings.RetriesWaitMs;
            await Task.Delay((int)Math.Min(waitMs, settings.RetriesMaxWaitMs)).ConfigureAwait(false);
        }
    }

    private HttpRequestMessage CreateRequest(HttpMethod method, string path, byte[] body)
    {
        var request = new HttpRequestMessage(method, path);
        request.Headers.Add(
            "Accept", "application/vnd.schemaregistry.v1+json, application/vnd.schemaregistry+json, application/json");
        request.Headers.Add("Confluent-Accept-Unknown-Properties", "true");
        request.Headers.Add("Confluent-Client-Version", ClientVersion);
        request.Headers.Authorization = settings.Authorization;
        if (settings.LogicalCluster != null)
        {
            request.Headers.Add("target-sr-cluster", settings.LogicalCluster);
        }

        if (!string.IsNullOrEmpty(settings.IdentityPool))
        {
            request.Headers.Add("Confluent-Identity-Pool-Id", settings.IdentityPool);
        }

        if (body != null)
        {
            request.Content = new ByteArrayContent(body) { Headers = { ContentType = RequestType } };
        }

        return request;
    }

    private static bool IsRetriable(HttpStatusCode status) => (int)status is 408 or 429 or 500 or 502 or 503 or 504;

    // A refusal by the registry is an HttpRequestException too. A time-out is an OperationCanceledException.
    private static bool IsNetworkFailure(Exception e) =>
        e is OperationCanceledException or (HttpRequestException and not SchemaRegistryException);

    private static (int Code, string Message)? ReadError(string body)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            return document.RootElement.ValueKind == JsonValueKind.Object
                && document.RootElement.TryGetProperty("error_code", out var code) && code.TryGetInt32(out var number)
                    ? (number, document.RootElement.TryGetProperty("message", out var message) ? message.ToString() : null)
                    : null;
        }
        catch (JsonException)
        {
            // A proxy's error page, for example: the status has to do.
            return null;
        }
    }

    private static SocketsHttpHandler CreateHandler(ClientSettings settings)
    {
        var handler = new SocketsHttpHandler
        {
            MaxConnectionsPerServer = settings.MaxConnectionsPerServer,
            ConnectTimeout = TimeSpan.FromMilliseconds(settings.RequestTimeoutMs),
        };
        if (!settings.VerifyCertificate)
        {
            handler.SslOptions.RemoteCertificateValidationCallback = (_, _, _, _) => true;
        }
        else if (!string.IsNullOrEmpty(settings.SslCaLocation))
        {
            var authorities = new X509Certificate2Collection();
            authorities.ImportFromPemFile(settings.SslCaLocation);
            handler.SslOptions.RemoteCertificateValidationCallback = (_, certificate, chain, errors) =>
                errors == SslPolicyErrors.None
                || (errors == SslPolicyErrors.RemoteCertificateChainErrors && IsIssuedBy(authorities, certificate, chain));
        }

        if (!string.IsNullOrEmpty(settings.SslKeystoreLocation))
        {
            handler.SslOptions.ClientCertificates =
                [X509CertificateLoader.LoadPkcs12FromFile(settings.SslKeystoreLocation, settings.SslKeystorePassword)];
        }

        return handler;
    }

    private static bool IsIssuedBy(X509Certificate2Collection authorities, X509Certificate certificate, X509Chain sent)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(authorities);
        chain.ChainPolicy.ExtraStore.AddRange(sent.ChainPolicy.ExtraStore);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        return chain.Build((X509Certificate2)certificate);
    }
}
