using System.CommandLine;
using StreamDistill.Cli.Submitting;
using StreamDistill.Cli.Supervision;

namespace StreamDistill.Cli.Commands;

/// <summary>Files of prompts to a running Ingest.</summary>
internal static class SubmitCommand
{
    public static Command Create()
    {
        var files = new Argument<string[]>("FILE") { Description = "JSON Lines, a JSON array, or chat logs; gzip or plain. '-' is standard input.", Arity = ArgumentArity.OneOrMore };
        var data = UpCommand.DataOption();
        var reference = new Option<bool>("--logged-answer-as-reference") { Description = "A chat log's own answer becomes the prompt's reference rationale." };
        var command = new Command("submit", "Submit prompts to the running system. A key for Ingest is taken from INGEST_API_KEY.") { files, data, reference };
        command.SetGuardedAction(async (parsed, cancellationToken) =>
        {
            var endpoints = Endpoints.Find(parsed.GetRequiredValue(data));
            using var http = new HttpClient { Timeout = TimeSpan.FromMinutes(5) };
            var ingest = new IngestClient(http, endpoints.Ingest, TimeProvider.System)
            {
                ApiKey = Environment.GetEnvironmentVariable("INGEST_API_KEY"),
                Query = parsed.GetValue(reference) ? "?reference=logged" : "",
            };
            var isWhole = true;
            foreach (var file in parsed.GetRequiredValue(files))
            {
                isWhole &= await SubmitAsync(ingest, file, cancellationToken);
            }

            return isWhole ? ExitCode.Done : ExitCode.Failed;
        });
        return command;
    }

    private static async Task<bool> SubmitAsync(IngestClient ingest, string file, CancellationToken cancellationToken)
    {
        if (file != "-" && !File.Exists(file))
        {
            throw new UsageException($"there is no file {file}.");
        }

        long accepted = 0, duplicates = 0, refused = 0;
        await foreach (var chunk in LineChunks.ReadAsync(file, cancellationToken))
        {
            var submission = await ingest.SubmitAsync(chunk.Lines, cancellationToken);
            accepted += submission.Stored.Count(stored => !stored.IsDuplicate);
            duplicates += submission.Stored.Count(stored => stored.IsDuplicate);
            foreach (var line in chunk.Refused.Concat(submission.Refused).OrderBy(line => line.Number))
            {
                refused++;
                await Console.Error.WriteLineAsync($"{file}:{line.Number}: {line.Field}: {line.Reason}");
            }
        }

        await Console.Out.WriteLineAsync($"{file}: {accepted} accepted, {duplicates} submitted before, {refused} refused");
        return refused == 0;
    }
}
