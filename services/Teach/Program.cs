using streamdistill;
using StreamDistill.Contracts;
using StreamDistill.Pipeline;
using StreamDistill.Teach;

return await ServiceProgram.RunAsync("teach", args, builder =>
{
    var options = builder.AddValidatedOptions<TeachOptions>(TeachOptions.Section);
    builder.Services.AddTeacher(options);
    builder.AddStage<Prompt, TeachStage>(Topics.Prompts, options.Parallelism);
});
