using Akka;
using Akka.Streams.Dsl;
using Avro.Specific;
using Confluent.Kafka;
using Microsoft.Extensions.Logging;

namespace StreamDistill.Pipeline;

/// <summary>What a run needs from the service. The clients' logs outlive runs: a broker that is away is said to be once, whatever becomes of them.</summary>
internal sealed record StageParts<TIn>(
    StageDefinition Definition,
    PipelineOptions Options,
    Func<IStage<TIn>> NewStage,
    KafkaClients Clients,
    RecordSerializer Serializer,
    RecordDeserializer<TIn> Deserializer,
    HealthState Health,
    ILogger Logger,
    ClientLog ConsumerLog,
    ClientLog ProducerLog,
    TimeProvider Time,
    string TransactionalId)
    where TIn : class, ISpecificRecord;

/// <summary>
/// One life of a stage, from its committed offsets until it is stopped or fails: a consumer, a producer and
/// the stage itself, all new, and the graph between them. Nothing of it is reused after a failure.
/// </summary>
internal sealed class StageRun<TIn>
    where TIn : class, ISpecificRecord
{
    private static readonly TimeSpan TopicPoll = TimeSpan.FromSeconds(1);

    private readonly StageParts<TIn> parts;
    private readonly CancellationTokenSource ended = new();
    private readonly Ownership ownership = new();
    private readonly UnitReader reader;
    private readonly Committer committer;
    private readonly IStage<TIn> stage;

    public StageRun(StageParts<TIn> parts, Task previous)
    {
        this.parts = parts;
        stage = parts.NewStage();
        Func<IReadOnlyCollection<TopicPartition>, CancellationToken, Task>? reload =
            stage is IStatefulStage<TIn> stateful ? (owned, cancellation) => stateful.OnAssignedAsync(owned, cancellation).AsTask() : null;
        reader = new UnitReader(
            parts.Clients.ConsumerConfig(parts.Definition.Name),
            parts.Definition.Parallelism + (2 * parts.Options.BatchUnits),
            ownership,
            reload,
            parts.Health,
            parts.Logger,
            parts.ConsumerLog,
            parts.Time);
        var producer = parts.Clients.ProducerConfig(parts.Definition.Name);
        committer = parts.Options.Delivery == DeliveryGuarantee.AtLeastOnce
            ? new AtLeastOnceCommitter(producer, parts.ProducerLog)
            : new Transactor(producer, parts.TransactionalId, TimeSpan.FromSeconds(parts.Options.TransactionTimeoutSeconds), parts.ProducerLog);

        // librdkafka's calls block: the run has a thread of its own, which starts when the previous run has let go of everything.
        Ended = previous.ContinueWith(_ => Run(), CancellationToken.None, TaskContinuationOptions.LongRunning, TaskScheduler.Default);
    }

    /// <summary>Completes, never fails, when consumer and producer are closed.</summary>
    public Task Ended { get; }

    /// <summary>The graph up to the committed units, as numbers of units.</summary>
    public Source<int, NotUsed> Source
    {
        get
        {
            var decoder = new RecordDecoder<TIn>(parts.Deserializer, parts.Definition.Name);
            var processor = new UnitProcessor<TIn>(stage, parts.Serializer, parts.Definition, parts.Options.MaxOutputBytes, ended.Token);
            return ChannelSource.FromReader(reader.Units)
                .SelectMany(units => units)
                .SelectAsync(1, decoder.DecodeAsync)
                .SelectAsync(parts.Definition.Parallelism, processor.ProcessAsync)
                .GroupedWithin(parts.Options.BatchUnits, TimeSpan.FromMilliseconds(parts.Options.BatchMilliseconds))
                .SelectAsync(1, CommitAsync)
                .WatchTermination((materialized, completion) =>
                {
                    completion.ContinueWith(OnTerminated, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
                    return materialized;
                });
        }
    }

    /// <summary>Reads no more; what is in flight is finished and committed.</summary>
    public void StopReading() => reader.StopReading();

    /// <summary>Gives up what is in flight; it is read again later.</summary>
    public void Abandon() => ended.Cancel();

    private void Run()
    {
        try
        {
            committer.Start();
            AwaitTopic();
            reader.Run(parts.Definition.InputTopic, ended.Token);
        }
        catch (Exception e)
        {
            // Whatever it is, the graph fails with it, says so, and the next run starts.
            reader.Fail(e);
        }
        finally
        {
            reader.Fail(new OperationCanceledException("The stage's run has ended."));

            // A commit may still be under way; nothing is disposed of beneath it.
            ownership.Revoke(ownership.Current);
            reader.Dispose();
            committer.Dispose();
            (stage as IDisposable)?.Dispose();
        }
    }

    private void AwaitTopic()
    {
        while (!ended.IsCancellationRequested && !committer.TopicExists(parts.Definition.InputTopic))
        {
            parts.Health.SetReady("kafka", false, $"topic {parts.Definition.InputTopic} does not exist; create it with: streamdistill topics apply");
            ended.Token.WaitHandle.WaitOne(TopicPoll);
        }
    }

    private async Task<int> CommitAsync(IEnumerable<FinishedUnit> batch)
    {
        var units = batch.ToList();
        using (await ownership.HoldAsync(ended.Token))
        {
            // What was taken away belongs to another member now, which reads it from the committed offsets.
            var owned = units.FindAll(unit => ownership.Owns(unit.Raw));
            if (owned.Count > 0)
            {
                await Task.Run(() => committer.Commit(owned, reader), CancellationToken.None);
            }
        }

        reader.Settle(units.Count);
        return units.Count;
    }

    private void OnTerminated(Task<Done> completion)
    {
        if (completion.Exception?.GetBaseException() is { } cause && !ended.IsCancellationRequested)
        {
            Restarting(parts.Logger, parts.Definition.Name, cause.GetType().Name, cause.Message, null);
            parts.Health.SetReady("kafka", false, "restarting from the committed offsets: " + cause.Message);
        }

        ended.Cancel();
    }

    private static readonly Action<ILogger, string, string, string, Exception?> Restarting = LoggerMessage.Define<string, string, string>(
        LogLevel.Warning, new EventId(5), "Stage {Stage} failed and starts again from its committed offsets. {Exception}: {Message}");
}
