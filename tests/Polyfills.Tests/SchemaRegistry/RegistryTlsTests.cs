using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Confluent.SchemaRegistry;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;

namespace Polyfills.Tests.SchemaRegistry;

public sealed class RegistryTlsTests : IAsyncLifetime
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("registry-tls");
    private readonly X509Certificate2 certificate = SelfSigned();
    private WebApplication server = null!;
    private string url = "";
    private string? clientSubject;

    public async ValueTask InitializeAsync()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel => kestrel.Listen(
            IPAddress.Loopback,
            0,
            listen => listen.UseHttps(certificate, https =>
            {
                https.ClientCertificateMode = ClientCertificateMode.AllowCertificate;
                https.ClientCertificateValidation = (_, _, _) => true;
            })));
        server = builder.Build();
        server.Run(async context =>
        {
            clientSubject = (await context.Connection.GetClientCertificateAsync())?.Subject;
            await context.Response.WriteAsync("[]");
        });
        await server.StartAsync(TestContext.Current.CancellationToken);
        url = server.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
    }

    public async ValueTask DisposeAsync()
    {
        await server.DisposeAsync();
        certificate.Dispose();
        folder.Delete(recursive: true);
    }

    [Fact]
    public async Task An_unknown_authority_is_refused()
    {
        using var client = new CachedSchemaRegistryClient(new SchemaRegistryConfig { Url = url, MaxRetries = 1 });

        await Assert.ThrowsAsync<HttpRequestException>(client.GetAllSubjectsAsync);
    }

    [Fact]
    public async Task A_given_authority_is_trusted_and_another_is_not()
    {
        using var other = SelfSigned();
        using var trusting = new CachedSchemaRegistryClient(new SchemaRegistryConfig { Url = url, MaxRetries = 1, SslCaLocation = Pem("ca.pem", certificate) });
        using var distrusting = new CachedSchemaRegistryClient(new SchemaRegistryConfig { Url = url, MaxRetries = 1, SslCaLocation = Pem("other.pem", other) });

        Assert.Empty(await trusting.GetAllSubjectsAsync());
        await Assert.ThrowsAsync<HttpRequestException>(distrusting.GetAllSubjectsAsync);
    }

    [Fact]
    public async Task Without_verification_any_certificate_will_do_and_the_clients_own_is_sent()
    {
        var keystore = Path.Combine(folder.FullName, "client.p12");
        File.WriteAllBytes(keystore, certificate.Export(X509ContentType.Pkcs12, "secret"));
        using var client = new CachedSchemaRegistryClient(new SchemaRegistryConfig
        {
            Url = url,
            EnableSslCertificateVerification = false,
            SslKeystoreLocation = keystore,
            SslKeystorePassword = "secret",
        });

        Assert.Empty(await client.GetAllSubjectsAsync());
        Assert.Equal(certificate.Subject, clientSubject);
    }

    private static X509Certificate2 SelfSigned()
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=registry", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        return request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
    }

    private string Pem(string name, X509Certificate2 authority)
    {
        var path = Path.Combine(folder.FullName, name);
        File.WriteAllText(path, authority.ExportCertificatePem());
        return path;
    }
}
