using System.Collections.Concurrent;
using StreamDistill.Cli.Supervision;
using StreamDistill.Contracts;
using StreamDistill.Pipeline;

namespace StreamDistill.Cli.Tests.Supervision;

/// <summary>Small shell programs stand in for the services.</summary>
public sealed class ServiceTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly RestartPolicy Quick = new(TimeSpan.FromMilliseconds(10), TimeSpan.FromMilliseconds(20), RestartsMax: 2, Peace: TimeSpan.FromMinutes(1));

    private readonly string directory = Directory.CreateTempSubdirectory().FullName;
    private readonly ConcurrentQueue<string> said = new();

    public void Dispose() => Directory.Delete(directory, recursive: true);

    [Fact]
    public async Task A_child_stops_when_its_standard_input_closes()
    {
        using var log = Log();
        await using var child = ChildProcess.Start(Shell("echo ready; cat > /dev/null; echo bye"), log);
        Assert.Equal("ready", await log.FirstLine.WaitAsync(Patience));

        Assert.True(await child.StopAsync(Patience));

        Assert.Equal(0, await child.Exited);
        Assert.EndsWith("bye", log.Last, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_child_that_does_not_stop_is_killed()
    {
        using var log = Log();
        await using var child = ChildProcess.Start(Shell("exec sleep 1000"), log);

        Assert.False(await child.StopAsync(TimeSpan.FromMilliseconds(50)));

        Assert.NotEqual(0, await child.Exited);
    }

    [Fact]
    public async Task A_service_that_dies_is_started_again_and_said_so_until_it_is_given_up_with_its_last_lines()
    {
        await using var service = Start("echo about to fail; exit 7");

        var givenUp = await Assert.ThrowsAsync<StreamDistillException>(() => service.GivenUp.WaitAsync(Patience));

        Assert.Contains("exit code 7", givenUp.Message, StringComparison.Ordinal);
        Assert.Contains("about to fail", givenUp.Message, StringComparison.Ordinal);
        Assert.Equal(2, said.Count(line => line.Contains("it is started again", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_service_that_refuses_its_configuration_is_not_started_again()
    {
        await using var service = Start("echo 'Teach:Model is missing' >&2; exit 2");

        var givenUp = await Assert.ThrowsAsync<ConfigurationException>(() => service.GivenUp.WaitAsync(Patience));

        Assert.Contains("refuses its configuration", givenUp.Message, StringComparison.Ordinal);
        Assert.Contains("Teach:Model is missing", givenUp.Message, StringComparison.Ordinal);
        Assert.Equal(["teach: Teach:Model is missing"], said);
    }

    [Fact]
    public async Task A_service_that_is_stopped_is_not_started_again()
    {
        await using var service = Start("cat > /dev/null; exit 9");

        await service.StopAsync();

        await service.GivenUp.WaitAsync(Patience);
        Assert.Empty(said);
    }

    [Fact]
    public async Task Warnings_and_errors_are_passed_on_with_the_services_name_and_everything_is_in_the_log()
    {
        using (var log = Log())
        {
            await using var child = ChildProcess.Start(
                Shell("echo '2026-01-31T12:00:00.000Z info: A[0] fine'; echo '2026-01-31T12:00:00.000Z warn: A[0] odd'; echo '2026-01-31T12:00:00.000Z fail: A[0] broken'"), log);
            await child.Exited.WaitAsync(Patience);
        }

        Assert.Equal(["teach: warn: A[0] odd", "teach: fail: A[0] broken"], said);
        Assert.Equal(3, (await File.ReadAllLinesAsync(Path.Combine(directory, "teach.log"))).Length);
    }

    [Fact]
    public void A_program_that_is_not_there_is_named()
    {
        var missing = Assert.Throws<StreamDistillException>(() => ChildProgram.Of("teach", "StreamDistill.None", [], new Dictionary<string, string>()));

        Assert.Contains("StreamDistill.None", missing.Message, StringComparison.Ordinal);
        Assert.Contains("make build", missing.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Delays_double_up_to_the_longest()
    {
        Assert.Equal([0.2, 0.4, 0.8, 1.6, 3.2, 6.4, 12.8, 25.6, 30, 30], Enumerable.Range(1, 10).Select(restart => RestartPolicy.Persistent.DelayBefore(restart).TotalSeconds));
        Assert.Equal(30, RestartPolicy.Persistent.DelayBefore(int.MaxValue).TotalSeconds);
    }

    [Fact]
    public async Task A_run_that_lasted_starts_the_count_of_restarts_anew()
    {
        // Every run is longer than no time at all: more restarts than the policy allows without peace.
        await using var service = new Service(Shell("echo again; exit 7"), Log(), Quick with { Peace = TimeSpan.Zero }, said.Enqueue, TimeProvider.System);

        await UntilAsync(() => said.Count(line => line.Contains("it is started again", StringComparison.Ordinal)) > 5);

        Assert.False(service.GivenUp.IsFaulted);
    }

    [Fact]
    public async Task A_server_that_never_listens_is_given_up_at_once_with_what_it_said()
    {
        await using var service = new Service(Shell("echo the port is taken >&2; exit 1"), Log(), Quick, said.Enqueue, TimeProvider.System, isServer: true);

        var givenUp = await Assert.ThrowsAsync<StreamDistillException>(() => service.ListeningAsync(Patience, CancellationToken.None));

        Assert.Contains("the port is taken", givenUp.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(said, line => line.Contains("it is started again", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_server_that_has_listened_is_started_again()
    {
        await using var service = new Service(Shell("echo listening; exit 9"), Log(), Quick, said.Enqueue, TimeProvider.System, isServer: true);
        await service.ListeningAsync(Patience, CancellationToken.None);

        await UntilAsync(() => said.Any(line => line.Contains("it is started again", StringComparison.Ordinal)));
    }

    [Fact]
    public void Ports_that_parts_come_back_to_are_below_those_of_outgoing_connections() =>
        Assert.All(Enumerable.Range(0, 20).Select(_ => Service.FreePort()), port => Assert.InRange(port, 10_000, 32_767));

    private static async Task UntilAsync(Func<bool> holds)
    {
        for (var started = TimeProvider.System.GetTimestamp(); !holds(); await Task.Delay(5))
        {
            Assert.True(TimeProvider.System.GetElapsedTime(started) < Patience);
        }
    }

    private static ChildProgram Shell(string script) => new("teach", "/bin/sh", ["-c", script], new Dictionary<string, string>());

    private ChildLog Log() => new("teach", Path.Combine(directory, "teach.log"), said.Enqueue);

    private Service Start(string script) => new(Shell(script), Log(), Quick, said.Enqueue, TimeProvider.System);
}
