using StreamDistill.Ingest;
using StreamDistill.Pipeline;

return await ServiceProgram.RunAsync(
    "ingest",
    args,
    builder =>
    {
        builder.AddSubmission();
        builder.AddPromptsTopic();
    },
    app => app.MapPrompts());
