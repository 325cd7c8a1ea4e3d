using System.CommandLine;
using StreamDistill.Cli.Supervision;
using StreamDistill.Embedded.Broker;

namespace StreamDistill.Cli.Commands;

/// <summary>The embedded broker alone.</summary>
internal static class BrokerCommand
{
    /// <summary>Of --fsync.</summary>
    public const string DefaultFsync = "interval";

    public static Command Create()
    {
        var data = new Option<string>("--data") { Description = "Where the log is kept. A second broker cannot use the same directory.", DefaultValueFactory = _ => LocalSystem.BrokerDirectory(Endpoints.DefaultDirectory) };
        var port = new Option<int>("--port") { Description = "Port to listen on; 0 takes a free one.", DefaultValueFactory = _ => 9092 };
        var host = new Option<string>("--host") { Description = "Address to listen on. Beyond loopback the broker wants --users or --certificate.", DefaultValueFactory = _ => "127.0.0.1" };
        var advertised = new Option<string?>("--advertised-host") { Description = "The host that clients are told to connect to; the one they used unless given." };
        var fsync = FsyncOption();
        var users = new Option<string?>("--users") { Description = "Ask clients for a user and password (SASL/PLAIN). The file has a line NAME:sha256:HEX or NAME:pbkdf2-sha256:ITERATIONS:SALT:HASH for each." };
        var certificate = new Option<string?>("--certificate") { Description = "Speak TLS with this PEM certificate." };
        var key = new Option<string?>("--key") { Description = "The certificate's PEM key." };
        var command = new Command("broker", "Run the embedded Kafka broker alone until stopped.") { data, port, host, advertised, fsync, users, certificate, key };
        command.SetGuardedAction(async (parsed, cancellationToken) =>
        {
            var options = new BrokerOptions
            {
                DataDirectory = parsed.GetValue(data),
                Port = parsed.GetValue(port),
                Host = parsed.GetValue(host)!,
                AdvertisedHost = parsed.GetValue(advertised),
                FsyncAlways = parsed.GetValue(fsync) == "always",
                UsersFile = parsed.GetValue(users),
                CertificateFile = parsed.GetValue(certificate),
                KeyFile = parsed.GetValue(key),
                Logger = new StandardErrorLogger(),
            };
            await using var broker = await EmbeddedBroker.StartAsync(options, cancellationToken);
            await Console.Out.WriteLineAsync($"Kafka broker listening on {broker.BootstrapServers}");
            await RegistryCommand.UntilStoppedAsync(cancellationToken);
            return ExitCode.Done;
        });
        return command;
    }

    internal static Option<string> FsyncOption()
    {
        var option = new Option<string>("--fsync")
        {
            Description = "When records are flushed to the disk. interval: every 50 ms; a kill loses nothing, a power cut at most that, and no committed transaction. always: before they are acknowledged; a power cut loses nothing.",
            DefaultValueFactory = _ => DefaultFsync,
        };
        option.AcceptOnlyFromAmong(DefaultFsync, "always");
        return option;
    }
}
