using System.CommandLine;
using System.Globalization;
using StreamDistill.Cli.Display;
using StreamDistill.Cli.Supervision;

namespace StreamDistill.Cli.Commands;

/// <summary>Serves a student's directory, with nothing else running.</summary>
internal static class ServeCommand
{
    public static Command Create()
    {
        var student = new Option<string>("--student") { Description = "The model's directory: config.json, model.safetensors, tokenizer.json.", Required = true };
        var port = new Option<int>("--port") { Description = "The port on 127.0.0.1.", DefaultValueFactory = _ => 8000 };
        var set = new Option<string[]>("--set") { Description = "Any setting of the server, such as Serve:Rows=32. May be given several times." };
        var command = new Command("serve", "Serve a student by an OpenAI-compatible endpoint until Ctrl-C. On a running system Serve follows the promoted checkpoint instead: see 'up --student'.") { student, port, set };
        command.SetGuardedAction(async (parsed, cancellationToken) =>
        {
            var address = string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{parsed.GetValue(port)}");
            var logs = Directory.CreateTempSubdirectory("streamdistill-serve-");
            var program = ChildProgram.Of(
                "serve",
                "StreamDistill.Serve",
                ["--urls", address, $"--Serve:Directory={Path.GetFullPath(parsed.GetRequiredValue(student))}", .. (parsed.GetValue(set) ?? []).Select(setting => "--" + setting)],
                new Dictionary<string, string>());
            await using var server = new Service(program, new ChildLog("serve", Path.Combine(logs.FullName, "serve.log"), RunDisplay.Say), RestartPolicy.Limited, RunDisplay.Say, TimeProvider.System);
            using var http = new HttpClient { Timeout = TimeSpan.FromSeconds(5) };
            await server.ReadyAsync(http, new Uri(address), TimeSpan.FromMinutes(2), cancellationToken);
            await Console.Out.WriteLineAsync($"{address}/v1 answers. Ctrl-C stops it.");
            try
            {
                await server.GivenUp.WaitAsync(cancellationToken);
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                await server.StopAsync();
            }

            // One that failed leaves its log: the error names it.
            logs.Delete(recursive: true);
            return ExitCode.Done;
        });
        return command;
    }
}
