using StreamDistill.Pipeline;
using StreamDistill.Teach;

return await ServiceProgram.RunAsync("teach", args, builder => builder.AddTeach());
