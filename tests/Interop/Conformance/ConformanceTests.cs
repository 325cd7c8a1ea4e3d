using StreamDistill.Interop.Conformance;

namespace StreamDistill.Interop;

/// <summary>Clients that no one here wrote do what they do with a Kafka; a cell of the table is a test.</summary>
public sealed class ConformanceTests(Stand stand) : IClassFixture<Stand>
{
    private static readonly OtherClient Kcat = new("kcat", "kcat", "", "", ["-V"]);

    [Theory]
    [MemberData(nameof(Features.Cells), MemberType = typeof(Features))]
    public async Task A_client_has_its_feature(string client, string feature)
    {
        if (Installed(client) is { } other)
        {
            stand.Note(client, feature, "skip");
            await other.RequireAsync();
        }

        stand.Note(client, feature, "FAIL");
        await ShowAsync(client, feature);
        stand.Note(client, feature, "pass");
    }

    private static OtherClient? Installed(string client) => client switch
    {
        Features.Librdkafka => null,
        Features.Kcat => Kcat,
        Features.Python => OtherClient.Python,
        _ => OtherClient.Node,
    };

    private async Task ShowAsync(string client, string feature)
    {
        switch (client)
        {
            case Features.Librdkafka:
                await new LibrdkafkaFeatures(stand).ShowAsync(feature);
                break;
            case Features.Kcat:
                await new KcatFeatures(stand.Bootstrap).ShowAsync(feature);
                break;
            case Features.Python:
                await OtherClient.Python.RunAsync("Python/conformance.py", [stand.Bootstrap, feature]);
                break;
            default:
                var script = client switch
                {
                    Features.KafkaJs => "kafkajs",
                    Features.Platformatic => "platformatic",
                    _ => "schemaregistry",
                };
                await OtherClient.Node.RunAsync($"Node/conformance/{script}.mjs", [stand.Bootstrap, feature, stand.RegistryUrl]);
                break;
        }
    }
}
