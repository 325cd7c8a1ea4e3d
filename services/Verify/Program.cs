using streamdistill;
using StreamDistill.Contracts;
using StreamDistill.Pipeline;
using StreamDistill.Verify;

return await ServiceProgram.RunAsync("verify", args, builder =>
{
    builder.AddValidatedOptions<VerifyOptions>(VerifyOptions.Section);
    builder.Services.AddSingleton<VerifyPolicy>();
    builder.AddStage<Completion, VerifyStage>(Topics.Completions, parallelism: Environment.ProcessorCount);
});
