using System.Globalization;
using Spectre.Console;
using StreamDistill.Cli.Running;

namespace StreamDistill.Cli.Display;

/// <summary>Shows how far a run is: a bar on a terminal, a plain line every few seconds elsewhere. All of it on standard error.</summary>
internal sealed class RunDisplay(TimeProvider time)
{
    private static readonly TimeSpan LiveEvery = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan LineEvery = TimeSpan.FromSeconds(5);

    private static readonly IAnsiConsole Terminal = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });

    private static bool IsTerminal => Terminal.Profile.Capabilities.Interactive && !Console.IsErrorRedirected;

    /// <summary>A line for a person, on standard error. It does not disturb the bar.</summary>
    public static void Say(string line)
    {
        if (IsTerminal)
        {
            Terminal.WriteLine(line);
        }
        else
        {
            Console.Error.WriteLine(line);
        }
    }

    /// <summary>A table, on standard output; as wide as it needs where that is no terminal.</summary>
    public static void Show(Table table)
    {
        if (Console.IsOutputRedirected)
        {
            AnsiConsole.Profile.Width = 400;
            AnsiConsole.Profile.Capabilities.Ansi = false;
        }

        AnsiConsole.Write(table);
    }

    /// <summary>Shows the session's progress until the work is done.</summary>
    public async Task<RunResult> ShowAsync(RunSession session, Task<RunResult> work)
    {
        if (!IsTerminal)
        {
            while (await Task.WhenAny(work, Task.Delay(LineEvery, time)) != work)
            {
                Say(Progress(session));
            }

            return await work;
        }

        await Terminal.Progress()
            .AutoClear(true)
            .Columns(new SpinnerColumn(), new TaskDescriptionColumn { Alignment = Justify.Left }, new ProgressBarColumn())
            .StartAsync(async context =>
            {
                var bar = context.AddTask("starting");
                while (await Task.WhenAny(work, Task.Delay(LiveEvery, time)) != work)
                {
                    lock (session.Dataset.Gate)
                    {
                        bar.MaxValue = Math.Max(1, session.Dataset.Fates.Accepted);
                        bar.Value = session.Dataset.Fates.Ended;
                    }

                    bar.Description = Markup.Escape(Progress(session));
                }
            });
        return await work;
    }

    private static string Progress(RunSession session)
    {
        lock (session.Dataset.Gate)
        {
            var (dataset, fates) = (session.Dataset, session.Dataset.Fates);
            return string.Create(
                CultureInfo.InvariantCulture,
                $"{fates.Ended:N0} of {fates.Accepted:N0} prompts ended, {fates.InFlight:N0} in flight; {dataset.Verified.Count:N0} completions verified, {dataset.Rejected.Count:N0} rejected, {dataset.Curated.Count:N0} examples");
        }
    }
}
