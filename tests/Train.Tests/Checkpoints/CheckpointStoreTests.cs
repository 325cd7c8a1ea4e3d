using Microsoft.Extensions.Logging.Abstractions;
using StreamDistill.Contracts;

namespace StreamDistill.Train.Tests.Checkpoints;

public sealed class CheckpointStoreTests : IDisposable
{
    private readonly TemporaryDirectory directory = new();
    private readonly CheckpointStore store;

    public CheckpointStoreTests() => store = new CheckpointStore(directory.Path, "s", keep: 2, NullLogger.Instance);

    [Fact]
    public void The_last_checkpoint_is_read_as_it_was_written()
    {
        Assert.Null(store.Latest());
        Write(0);
        var written = Write(20, new Dictionary<string, bool> { ["a"] = true });

        var read = store.Latest()!;

        Assert.Equal(("step-00000020", 20, 3), (read.Name, read.State.Step, read.State.Round));
        Assert.Equal(new Dictionary<int, long> { [0] = 7, [2] = 9 }, read.State.Offsets);
        Assert.Equal(written.Sha256, Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData("weights of 20"u8)));
        Assert.Equal(new Dictionary<string, bool> { ["a"] = true }, read.ReadOutcomes());
        Assert.Null(store.Base!.ReadOutcomes());
        Assert.Equal([StableId.Text(1), StableId.Text(2)], File.ReadAllLines(Path.Combine(read.Directory, "examples.ids")));
        Assert.Equal("file://" + read.Directory, read.Uri);
    }

    [Theory]
    [InlineData("model.safetensors", "weights of 2O")]
    [InlineData("model.safetensors", null)]
    [InlineData("trainer.json", "{")]
    [InlineData("trainer.json", null)]
    public void A_damaged_checkpoint_is_put_aside_and_the_one_before_counts(string file, string? damage)
    {
        Write(10);
        var last = Write(20);
        var path = Path.Combine(last.Directory, file);
        File.Delete(path);
        if (damage is not null)
        {
            File.WriteAllText(path, damage);
        }

        Assert.Equal(10, store.Latest()!.State.Step);
        Assert.True(Directory.Exists(last.Directory + ".damaged"));
        Write(20);
        Assert.Equal(20, store.Latest()!.State.Step);
    }

    [Fact]
    public void Where_every_checkpoint_is_damaged_each_is_named_and_nothing_is_touched()
    {
        foreach (var step in new[] { 10, 20 })
        {
            File.Delete(Path.Combine(Write(step).Directory, "config.json"));
        }

        var refusal = Assert.Throws<StreamDistillException>(() => store.Latest());
        Assert.Contains("step-00000020, step-00000010", refusal.Message, StringComparison.Ordinal);
        Assert.True(Directory.Exists(Path.Combine(store.Root, "step-00000020")));
    }

    [Fact]
    public void A_full_disk_leaves_the_checkpoint_before_and_nothing_half_written()
    {
        Write(10);

        var refusal = Assert.Throws<StreamDistillException>(() => store.Write(State(20), null, [], path =>
        {
            File.WriteAllText(Path.Combine(path, "config.json"), "{}");
            throw new IOException("No space left on device");
        }));

        Assert.Contains("step-00000020 could not be written: No space left on device", refusal.Message, StringComparison.Ordinal);
        Assert.Equal(["step-00000010"], Directory.EnumerateFileSystemEntries(store.Root).Select(Path.GetFileName));
        Assert.Equal(10, store.Latest()!.State.Step);
    }

    [Fact]
    public void What_a_killed_process_left_half_written_is_deleted()
    {
        Write(10);
        Directory.CreateDirectory(Path.Combine(store.Root, ".step-00000020.partial", "adapter"));

        store.DeleteLeftovers();

        Assert.Equal(["step-00000010"], Directory.EnumerateFileSystemEntries(store.Root).Select(Path.GetFileName));
    }

    [Fact]
    public void The_last_ones_are_kept_and_those_that_are_compared_with_or_served()
    {
        foreach (var step in new[] { 0, 10, 20, 30, 40 })
        {
            Write(step);
        }

        Assert.Equal(3, store.DeleteOld(store.Find("step-00000010")!.Uri));
        Assert.Equal([0, 10, 30, 40], Steps());

        store.Promote(store.Find("step-00000010")!);
        store.DeleteOld(servedUri: null);
        Assert.Equal([10, 30, 40], Steps());
        Assert.Equal(10, store.Promoted!.State.Step);
        Assert.Equal("step-00000010\n", File.ReadAllText(Path.Combine(store.Root, "promoted")));
    }

    [Fact]
    public void Losses_after_the_checkpoint_are_taken_out_and_a_torn_line_too()
    {
        var result = new StepResult(0.5, 0.25, 1, 1e-4, 2, 30, 10, IsSkipped: false);
        using (var log = new LossLog(directory.Path, 0))
        {
            for (var step = 1; step <= 5; step++)
            {
                log.Add(step, 1, result with { Loss = step });
            }
        }

        File.AppendAllText(directory["losses.csv"], "2");
        using (var log = new LossLog(directory.Path, 3))
        {
            log.Add(4, 1, result);
        }

        Assert.Equal(
            ["step,round,loss,kl,learning_rate,gradient_norm,target_tokens,skipped", "1,1,1,0.25,0.0001,1,10,0", "2,1,2,0.25,0.0001,1,10,0", "3,1,3,0.25,0.0001,1,10,0", "4,1,0.5,0.25,0.0001,1,10,0"],
            File.ReadAllLines(directory["losses.csv"]));
    }

    public void Dispose() => directory.Dispose();

    private static TrainerState State(long step) => new()
    {
        RunId = "run", Student = "s", BaseModel = "/base", Step = step, Round = 3, Offsets = new Dictionary<int, long> { [0] = 7, [2] = 9 },
    };

    private StoredCheckpoint Write(long step, Dictionary<string, bool>? outcomes = null) => store.Write(State(step), outcomes, [1, 2], path =>
    {
        File.WriteAllText(Path.Combine(path, StoredCheckpoint.Weights), $"weights of {step}");
        File.WriteAllText(Path.Combine(path, "config.json"), "{}");
    });

    private IEnumerable<long> Steps() => store.All().Select(checkpoint => long.Parse(checkpoint.Name[5..], System.Globalization.CultureInfo.InvariantCulture));
}
