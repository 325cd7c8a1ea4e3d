return await StreamDistill.Pipeline.ServiceProgram.RunAsync("ingest", args, _ => { });
