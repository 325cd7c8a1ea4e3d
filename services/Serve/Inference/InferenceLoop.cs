using System.Collections.Concurrent;
using StreamDistill.Contracts;
using StreamDistill.Pipeline;
using StreamDistill.Student;
using TorchSharp;

namespace StreamDistill.Serve;

/// <summary>
/// The one thread that computes: it gives rows to the requests in the order they came, and makes one step after another
/// for all rows together (continuous batching: a row that is free is taken between two steps). A student that is being
/// replaced makes its steps beside its successor until its last row is finished.
/// </summary>
internal sealed partial class InferenceLoop : IHostedService, IDisposable
{
    private readonly ServeOptions options;
    private readonly HealthState health;
    private readonly ILogger<InferenceLoop> logger;
    private readonly BlockingCollection<Generation> queue;
    private readonly Dictionary<GenerationRow, (Generation Generation, int Sample)> rows = [];
    private readonly CancellationTokenSource stopping = new();
    private readonly Thread thread;
    private Generation? next;
    private volatile int activeRows;

    /// <param name="options">Threads, and how many may wait.</param>
    /// <param name="telemetry">Told where to read how busy the loop is.</param>
    /// <param name="health">Told when the loop ends.</param>
    /// <param name="logger">Told what an operator should know.</param>
    public InferenceLoop(ServeOptions options, ServeTelemetry telemetry, HealthState health, ILogger<InferenceLoop> logger)
    {
        (this.options, this.health, this.logger) = (options, health, logger);
        queue = new BlockingCollection<Generation>(options.QueueMax);
        thread = new Thread(Run) { Name = "inference", IsBackground = true };
        telemetry.Observe(this);
    }

    /// <summary>Answers that are being generated.</summary>
    public int ActiveRows => activeRows;

    /// <summary>Requests that wait for a row.</summary>
    public int Waiting => queue.Count;

    /// <summary>Queues a request; the loop gives the student's reference back.</summary>
    /// <returns>False where the queue is full: the request and its reference stay the caller's.</returns>
    /// <exception cref="InvalidOperationException">The loop has ended.</exception>
    public bool TryEnqueue(Generation generation) => queue.TryAdd(generation);

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        thread.Start();
        return Task.CompletedTask;
    }

    /// <summary>Ends the loop after its step. The server stopped before, so whoever still waits has been given up.</summary>
    public Task StopAsync(CancellationToken cancellationToken)
    {
        stopping.Cancel();
        thread.Join();
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        queue.Dispose();
        stopping.Dispose();
    }

    private void Run()
    {
        try
        {
            torch.set_num_threads(options.Threads);
            while (true)
            {
                AwaitWork();
                Admit();
                DropCancelled();
                activeRows = rows.Count;
                foreach (var student in rows.Values.Select(row => row.Generation.Student).Distinct().ToList())
                {
                    Step(student);
                }

                activeRows = rows.Count;
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            EndAll(new StreamDistillException("The service is stopping.", isTransient: true));
        }
        catch (Exception e)
        {
            LogBroken(e);
            health.Fail($"the inference loop ended: {e.Message}");
            EndAll(e);
        }
    }

    private void AwaitWork()
    {
        stopping.Token.ThrowIfCancellationRequested();
        if (rows.Count == 0 && next is null)
        {
            next = queue.Take(stopping.Token);
        }
    }

    /// <summary>First come, first served: a request that wants more rows than are free holds up those after it.</summary>
    private void Admit()
    {
        while (next is not null || queue.TryTake(out next))
        {
            while (!next.IsCancelled && next.Begun < next.Samples)
            {
                if (next.Student.Engine.Free == 0)
                {
                    return;
                }

                var row = next.Student.Engine.Add(next.Prompt, next.SamplingOf(next.Begun));
                rows.Add(row, (next, next.Begun));
                next.Begun++;
                next.Live++;
            }

            EndIfOver(next);
            next = null;
        }
    }

    private void DropCancelled()
    {
        foreach (var (row, (generation, _)) in rows.Where(row => row.Value.Generation.IsCancelled).ToList())
        {
            generation.Student.Engine.Cancel(row);
            Remove(row, generation);
        }
    }

    private void Step(ServedStudent student)
    {
        IReadOnlyList<GeneratedToken> tokens;
        try
        {
            tokens = student.Engine.Step();
        }
        catch (Exception e)
        {
            // Whatever went wrong (out of memory, say) went wrong for all rows of the batch; the next requests may fare better.
            LogStepFailed(e);
            FailRows(student, e);
            return;
        }

        foreach (var token in tokens)
        {
            var (generation, sample) = rows[token.Row];
            generation.Add(new SampledToken(sample, token));
            if (token.Finish is not null)
            {
                Remove(token.Row, generation);
            }
        }
    }

    private void FailRows(ServedStudent student, Exception failure)
    {
        foreach (var (row, (generation, _)) in rows.Where(row => row.Value.Generation.Student == student).ToList())
        {
            student.Engine.Cancel(row);
            generation.Cancel();
            Remove(row, generation, failure);
        }
    }

    private void Remove(GenerationRow row, Generation generation, Exception? failure = null)
    {
        rows.Remove(row);
        generation.Live--;
        EndIfOver(generation, failure);
    }

    private void EndIfOver(Generation generation, Exception? failure = null)
    {
        if (generation.IsOver)
        {
            next = next == generation ? null : next;
            generation.End(failure);
        }
    }

    private void EndAll(Exception failure)
    {
        queue.CompleteAdding();
        HashSet<Generation> left = [.. rows.Values.Select(row => row.Generation), .. queue];
        if (next is not null)
        {
            left.Add(next);
        }

        foreach (var generation in left)
        {
            generation.End(failure);
        }
    }

    [LoggerMessage(LogLevel.Error, "A step of the engine failed; the requests in it are answered 500.")]
    private partial void LogStepFailed(Exception exception);

    [LoggerMessage(LogLevel.Critical, "The inference loop ended.")]
    private partial void LogBroken(Exception exception);
}
