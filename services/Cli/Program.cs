using System.CommandLine;
using StreamDistill.Cli.Commands;

var root = new RootCommand(
    """
    StreamDistill: prompts in, a verified dataset out.

    Start with:  streamdistill run --prompts P.jsonl --teacher recorded:C.jsonl --out DIR
    Or keep the whole system running with 'up', and use 'submit', 'status' and 'export' beside it.
    Exit codes: 0 done, 1 failed, 2 wrong usage or configuration.
    """)
{
    RunCommand.Create(),
    UpCommand.Create(),
    SubmitCommand.Create(),
    VerifyCommand.Create(),
    TrainCommand.Create(),
    ServeCommand.Create(),
    PromoteCommand.Create(),
    StatusCommand.Create(),
    ExportCommand.Create(),
    TopicsCommand.Create(),
    BrokerCommand.Create(),
    RegistryCommand.Create(),
    DemoCommand.Create(),
    StudyCommand.Create(),
    DemoSampleCommand.Create(),
    DemoModelsCommand.Create(),
};

using var stopping = new StopSignals();
var parsed = root.Parse(args);
var exitCode = await parsed.InvokeAsync(
    new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null },
    stopping.Token);
return parsed.Errors.Count > 0 ? ExitCode.WrongUsage : exitCode;
