using System.CommandLine;
using System.Globalization;
using Spectre.Console;
using StreamDistill.Cli.Display;
using StreamDistill.Cli.Running;
using StreamDistill.Cli.Supervision;

namespace StreamDistill.Cli.Commands;

/// <summary>The whole system on this machine, until stopped.</summary>
internal static class UpCommand
{
    public static Command Create()
    {
        var teacher = new Option<string?>("--teacher") { Description = "recorded:FILE, student:DIR for a model to serve on this machine, or http://HOST:PORT/v1 of an OpenAI-compatible endpoint (or set Teach__Teacher)." };
        var model = new Option<string?>("--model") { Description = "The endpoint's model." };
        var student = new Option<string?>("--student") { Description = "A model's directory: a student that begins with it is trained on what is curated, and its promoted checkpoint served." };
        var servePort = new Option<int>("--serve-port") { Description = "The port of the student's OpenAI-compatible endpoint; 0 takes a free one.", DefaultValueFactory = _ => 8000 };
        var data = DataOption();
        var ingestPort = new Option<int>("--ingest-port") { Description = "Ingest's port; 0 takes a free one.", DefaultValueFactory = _ => 8080 };
        var brokerPort = new Option<int>("--broker-port") { Description = "The embedded broker's port; 0 takes a free one.", DefaultValueFactory = _ => 9092 };
        var registryPort = new Option<int>("--registry-port") { Description = "The embedded schema registry's port; 0 takes a free one.", DefaultValueFactory = _ => 8081 };
        var fsync = BrokerCommand.FsyncOption();
        var set = new Option<string[]>("--set") { Description = "Any other setting of a service, such as Verify:MaxAttempts=3. May be given several times." };
        var restartDelayMax = new Option<double>("--restart-delay-max")
        {
            Description = "Longest wait, in seconds, before a part that died is started again; waits double up to it.",
            DefaultValueFactory = _ => RestartPolicy.Persistent.LongestDelay.TotalSeconds,
        };
        restartDelayMax.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<double>() is not (>= 0.01 and <= 3600))
            {
                result.AddError("--restart-delay-max is a number of seconds from 0.01 to 3600.");
            }
        });
        var command = new Command("up", "Run everything on this machine until Ctrl-C: broker, schema registry, ingest, teach, verify, compact, and with --student train and serve. Started again on the same --data it goes on where it was.")
        {
            teacher, model, student, servePort, data, ingestPort, brokerPort, registryPort, fsync, set, restartDelayMax,
        };
        command.SetGuardedAction(async (parsed, cancellationToken) =>
        {
            var arguments = new List<string>();
            var teacherDirectory = RunOptions.DirectoryOfTeacher(parsed.GetValue(teacher));
            arguments.AddRange(parsed.GetValue(teacher) is { } named && teacherDirectory is null ? [$"--Teach:Teacher={named}"] : []);
            arguments.AddRange(parsed.GetValue(model) is { } chosen ? [$"--Teach:Model={chosen}"] : []);
            arguments.AddRange((parsed.GetValue(set) ?? []).Select(setting => "--" + setting));
            return await RunAsync(
                new SystemPlan
                {
                    Directory = parsed.GetRequiredValue(data),
                    TeacherDirectory = teacherDirectory is null ? null : Path.GetFullPath(teacherDirectory),
                    Student = parsed.GetValue(student) is { } baseModel ? StudentPlan.Of(baseModel, parsed.GetRequiredValue(data)) : null,
                    ServePort = parsed.GetValue(servePort),
                    IngestPort = parsed.GetValue(ingestPort),
                    BrokerPort = parsed.GetValue(brokerPort),
                    RegistryPort = parsed.GetValue(registryPort),
                    Fsync = parsed.GetRequiredValue(fsync),
                    External = External(),
                    Restarts = RestartPolicy.Persistent.NoLongerThan(TimeSpan.FromSeconds(parsed.GetValue(restartDelayMax))),
                    Settings = arguments,
                },
                cancellationToken);
        });
        return command;
    }

    internal static Option<string> DataOption() => new("--data") { Description = "Where everything is kept: the broker's log with records, offsets and schemas, the parts' logs and the state file.", DefaultValueFactory = _ => Endpoints.DefaultDirectory };

    private static async Task<int> RunAsync(SystemPlan plan, CancellationToken cancellationToken)
    {
        var isWritten = false;
        try
        {
            await using var system = await LocalSystem.StartAsync(plan, RunDisplay.Say, TimeProvider.System, cancellationToken);
            system.Endpoints.Write(plan.Directory);
            isWritten = true;
            RunDisplay.Show(TableOf(plan, system));
            await Console.Out.WriteLineAsync("Everything is up. Ctrl-C stops it.");
            try
            {
                await system.Broken.WaitAsync(cancellationToken);
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                RunDisplay.Say("Stopping…");
            }

            await system.StopAsync();
            return ExitCode.Done;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return ExitCode.Done;
        }
        finally
        {
            // What stands there otherwise is another one's.
            if (isWritten)
            {
                Endpoints.Remove(plan.Directory);
            }
        }
    }

    private static (string, string)? External() =>
        (Environment.GetEnvironmentVariable("KAFKA_BOOTSTRAP_SERVERS"), Environment.GetEnvironmentVariable("SCHEMA_REGISTRY_URL")) switch
        {
            (null or "", _) => null,
            (_, null or "") => throw new UsageException("KAFKA_BOOTSTRAP_SERVERS is set, but SCHEMA_REGISTRY_URL is not: set both to use your Kafka, or neither for the embedded one."),
            var (kafka, registry) => (kafka, registry),
        };

    private static Table TableOf(SystemPlan plan, LocalSystem system)
    {
        var table = new Table().Border(TableBorder.Ascii2).AddColumns("part", "address", "process", "log");
        var addresses = system.Endpoints.Services.ToDictionary(service => service.Key, service => service.Value.GetLeftPart(UriPartial.Authority));
        addresses["broker"] = system.Endpoints.BootstrapServers;
        addresses["registry"] = system.Endpoints.SchemaRegistryUrl;
        foreach (var (name, processId) in system.Processes)
        {
            var shown = name switch
            {
                "ingest" => addresses[name] + "/v1/prompts",
                "serve" => addresses[name] + "/v1",
                _ => addresses[name],
            };
            table.AddRow(name, Markup.Escape(shown), processId.ToString(CultureInfo.InvariantCulture), Markup.Escape(LocalSystem.LogPath(plan.Directory, name)));
        }

        if (plan.External is { } external)
        {
            table.AddRow("kafka", Markup.Escape(external.BootstrapServers), "yours", "");
            table.AddRow("registry", Markup.Escape(external.SchemaRegistryUrl), "yours", "");
        }

        return table;
    }
}
