using StreamDistill.Compact;
using StreamDistill.Contracts;
using StreamDistill.Pipeline;
using streamdistill;

return await ServiceProgram.RunAsync("compact", args, builder =>
{
    builder.AddValidatedOptions<CompactOptions>(CompactOptions.Section);
    builder.Services.AddSingleton<ICuratedLog, KafkaCuratedLog>();

    // One at a time: the rules compare verdicts with each other.
    builder.AddStage<Verdict, CompactStage>(Topics.Verified, parallelism: 1);
});
