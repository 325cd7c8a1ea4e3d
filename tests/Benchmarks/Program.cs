using StreamDistill.Benchmarks;

// Benchmarks [name…]               runs those, or all
// Benchmarks cluster               a broker and a registry, for a benchmark in another process
// Benchmarks broker DIR PORT FSYNC a broker alone, with fsync always or at intervals, for the same
// Benchmarks mock                  librdkafka's mock cluster, for the same
// Benchmarks service NAME          one of the services, which reports its memory
return args switch
{
    ["cluster"] => await Cluster.ServeAsync(),
    ["broker", var directory, var port, var fsync] => await BrokerProcess.ServeAsync(directory, port, fsync),
    ["mock"] => await BrokerProcess.ServeMockAsync(),
    ["service", var name, .. var arguments] => MeteredService.Run(name, arguments),
    _ => await Suite.RunAsync(args),
};
