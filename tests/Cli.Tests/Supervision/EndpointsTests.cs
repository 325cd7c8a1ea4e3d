using StreamDistill.Cli.Supervision;
using StreamDistill.Contracts;

namespace StreamDistill.Cli.Tests.Supervision;

public sealed class EndpointsTests : IDisposable
{
    private readonly string directory = Directory.CreateTempSubdirectory().FullName;

    public void Dispose() => Directory.Delete(directory, recursive: true);

    [Fact]
    public void What_runs_is_found_by_its_state_file()
    {
        Assert.SkipWhen(Environment.GetEnvironmentVariable("KAFKA_BOOTSTRAP_SERVERS") is not null, "The environment names a Kafka, which goes before the state file.");
        var written = new Endpoints("127.0.0.1:1", "http://127.0.0.1:2", new Dictionary<string, Uri> { ["ingest"] = new("http://127.0.0.1:3") }, 4);
        written.Write(directory);

        var found = Endpoints.Find(directory);

        Assert.Equal((written.BootstrapServers, written.SchemaRegistryUrl, written.Ingest), (found.BootstrapServers, found.SchemaRegistryUrl, found.Ingest));
    }

    [Fact]
    public void Without_a_running_system_the_message_says_what_to_do()
    {
        Assert.SkipWhen(Environment.GetEnvironmentVariable("KAFKA_BOOTSTRAP_SERVERS") is not null, "The environment names a Kafka.");

        var missing = Assert.Throws<StreamDistillException>(() => Endpoints.Find(directory));

        Assert.Contains("streamdistill up", missing.Message, StringComparison.Ordinal);
        Assert.Contains("KAFKA_BOOTSTRAP_SERVERS", missing.Message, StringComparison.Ordinal);
    }
}
