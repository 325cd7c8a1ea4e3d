using StreamDistill.Pipeline;
using StreamDistill.Train;

return await ServiceProgram.RunAsync("train", args, builder => builder.AddTrain());
