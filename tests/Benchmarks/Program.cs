using StreamDistill.Benchmarks;

// Benchmarks [name…]       runs those, or all
// Benchmarks cluster       a broker and a registry, for a benchmark in another process
// Benchmarks service NAME  one of the services, which reports its memory
return args switch
{
    ["cluster"] => await Cluster.ServeAsync(),
    ["service", var name, .. var arguments] => MeteredService.Run(name, arguments),
    _ => await Suite.RunAsync(args),
};
