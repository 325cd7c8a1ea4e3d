using StreamDistill.Pipeline;
using StreamDistill.Serve;

return await ServiceProgram.RunAsync("serve", args, builder => builder.AddServe(), app => app.MapServe());
