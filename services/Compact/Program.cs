using streamdistill;
using StreamDistill.Compact;
using StreamDistill.Contracts;
using StreamDistill.Pipeline;

return await ServiceProgram.RunAsync("compact", args, builder =>
{
    builder.AddValidatedOptions<CompactOptions>(CompactOptions.Section);
    builder.Services.AddSingleton<ICuratedLog, KafkaCuratedLog>();

    // One at a time: the rules compare verdicts with each other.
    builder.AddStage<Verdict, CompactStage>(Topics.Verified, parallelism: 1);
});
