using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using streamdistill;
using StreamDistill.Pipeline;

namespace StreamDistill.Benchmarks;

/// <summary>One pass of all records through a hosted stage.</summary>
internal sealed class StagePass(string output)
{
    private PassClock? clock;

    /// <summary>From the first record given to the stage until the broker has the offsets of the last.</summary>
    public static async Task<PassCost> RunAsync(Cluster cluster, string input, string group, int records)
    {
        var pass = new StagePass("out-" + group);
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Configuration.AddInMemoryCollection(cluster.Settings);
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton(new ServiceName(group));
        builder.Services.AddSingleton<HealthState>();
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddSingleton(pass);
        builder.AddStage<Prompt, EchoStage>(input);
        using var host = builder.Build();
        using var committed = new CommittedOffsets(cluster, group, input);
        await host.StartAsync();
        while (pass.clock is null || committed.Total() < records)
        {
            await Task.Delay(20);
        }

        var cost = pass.clock.CostOf(records);
        await host.StopAsync();
        return cost;
    }

    /// <summary>Passes every prompt on as it is.</summary>
    public sealed class EchoStage(StagePass pass) : IStage<Prompt>
    {
        public ValueTask<IReadOnlyList<Output>> ProcessAsync(IReadOnlyList<Input<Prompt>> unit, CancellationToken cancellationToken)
        {
            pass.clock ??= new PassClock();
            return new([new Output(pass.Output, unit[0].Value.PromptId, unit[0].Value)]);
        }
    }

    private string Output { get; } = output;
}
