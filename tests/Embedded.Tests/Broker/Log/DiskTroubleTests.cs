using Microsoft.Extensions.Logging;
using StreamDistill.Embedded.Broker.Log;
using StreamDistill.Embedded.Broker.Protocol;

namespace StreamDistill.Embedded.Tests.Broker.Log;

public sealed class DiskTroubleTests : IDisposable
{
    private readonly MemoryFileSystem files = new();
    private readonly TestLog test;
    private readonly string path;

    public DiskTroubleTests()
    {
        test = new TestLog(files: files);
        path = Path.Combine(test.Directory, "00000000000000000000.log");
    }

    public void Dispose() => test.Dispose();

    [Fact]
    public void A_full_disk_refuses_what_does_not_fit_and_goes_on_when_there_is_room()
    {
        test.Append("a");
        files.FreeBytes = 20;
        var refused = test.Append("b");
        Assert.True(refused is { Error: ErrorCode.KafkaStorageError, BaseOffset: -1 } && refused.Message!.Contains("No space left"));
        Assert.Equal(TestLog.Batch("a").Length, files[path].Length);
        files.FreeBytes = long.MaxValue;
        Assert.Equal(1, test.Append("c").BaseOffset);
        Assert.Equal(["a", "c"], test.Values());
        test.Reopen();
        Assert.Equal(["a", "c"], test.Values());
    }

    [Fact]
    public void A_write_that_cannot_be_taken_back_takes_the_log_offline_until_it_is_opened_again()
    {
        test.Append("a");
        (files.FreeBytes, files.FailsResize) = (20, true);
        Assert.Equal(ErrorCode.KafkaStorageError, test.Append("b").Error);
        (files.FreeBytes, files.FailsResize) = (long.MaxValue, false);
        Assert.Equal(ErrorCode.KafkaStorageError, test.Append("c").Error);
        Assert.Equal(["a"], test.Values());
        test.Reopen();
        Assert.Equal(1, test.Append("d").BaseOffset);
        Assert.Equal(["a", "d"], test.Values());
    }

    [Fact]
    public async Task A_failed_fsync_takes_the_log_offline_until_it_is_opened_again()
    {
        test.Append("a");
        files.FailsFlush = true;
        await Assert.ThrowsAnyAsync<IOException>(async () => await test.Log.FlushAsync());
        files.FailsFlush = false;
        await Assert.ThrowsAnyAsync<IOException>(async () => await test.Log.FlushAsync());
        Assert.Equal(ErrorCode.KafkaStorageError, test.Append("b").Error);
        test.Reopen();
        Assert.Equal(ErrorCode.None, test.Append("b").Error);
    }

    [Fact]
    public void A_torn_tail_is_cut_and_named()
    {
        test.Append("a");
        var position = files[path].Length;
        test.Append("b");
        test.Log.Dispose();
        RemoveCheckpoint();
        files[path] = files[path][..^3];
        test.Reopen();
        Assert.Equal(["a"], test.Values());
        Assert.Equal(position, files[path].Length);
        Assert.Contains(test.Lines.All, line => line.Level == LogLevel.Warning && line.Text.Contains(path) && line.Text.Contains($"byte {position}"));
        Assert.DoesNotContain(files.Paths, file => file.Contains(".damaged-"));
    }

    [Fact]
    public void A_whole_batch_at_the_end_with_a_wrong_crc_is_cut_but_kept_beside()
    {
        test.Append("a");
        var position = files[path].Length;
        test.Append("b");
        test.Log.Dispose();
        RemoveCheckpoint();
        files[path][^1] ^= 1;
        var tail = files[path][position..];
        test.Reopen();
        Assert.Equal(["a"], test.Values());
        Assert.Equal(tail, files[$"{path}.damaged-{position}"]);
        Assert.Contains(test.Lines.All, line => line.Level == LogLevel.Error && line.Text.Contains($"byte {position}"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Damage_in_the_middle_is_named_and_only_what_crosses_it_cannot_be_read(bool isReopened)
    {
        test.Append("a");
        var position = files[path].Length;
        test.Append("b", "bb");
        test.Append("c");
        if (isReopened)
        {
            test.Log.Dispose();
            RemoveCheckpoint();
        }

        files[path][position + 70] ^= 0x10;
        if (isReopened)
        {
            test.Reopen();
            Assert.Contains(test.Lines.All, line => line.Level == LogLevel.Error && line.Text.Contains($"byte {position}") && line.Text.Contains("offsets 1 to 2"));
        }

        var whole = test.Read(0, out var bytes);
        Assert.Equal((ErrorCode.None, position), (whole.Error, bytes.Length));
        foreach (var offset in new[] { 1, 2 })
        {
            var damaged = test.Read(offset, out _);
            Assert.Equal(ErrorCode.CorruptMessage, damaged.Error);
            Assert.Contains($"{path} is damaged at byte {position}", damaged.Message);
            Assert.Contains("offset 3", damaged.Message);
        }

        Assert.Equal(["c"], test.Values(3));
        Assert.Equal(4, test.Append("d").BaseOffset);
    }

    [Fact]
    public async Task Flushes_at_the_same_time_share_an_fsync_and_one_that_comes_late_waits_for_the_next()
    {
        var flushes = 0;
        using var entered = new SemaphoreSlim(0);
        using var leave = new SemaphoreSlim(0);
        files.OnFlush = () =>
        {
            Interlocked.Increment(ref flushes);
            entered.Release();
            leave.Wait();
        };
        test.Append("a");
        var first = Task.Factory.StartNew(() => test.Log.FlushAsync().AsTask(), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default).Unwrap();
        await entered.WaitAsync(TestContext.Current.CancellationToken);
        test.Append("b");
        var late = Enumerable.Range(0, 5).Select(_ => test.Log.FlushAsync().AsTask()).ToList();
        Assert.All(late, task => Assert.False(task.IsCompleted));
        leave.Release();
        await first;
        await entered.WaitAsync(TestContext.Current.CancellationToken);
        leave.Release();
        await Task.WhenAll(late);
        Assert.Equal(2, flushes);
        files.OnFlush = () => { };
    }

    [Fact]
    public async Task Producers_wait_while_the_disk_is_behind_and_go_on_when_it_is_not()
    {
        using var leave = new ManualResetEventSlim();
        test.Append("a");
        files.OnFlush = () => leave.Wait();
        using var flusher = new LogFlusher(() => [test.Log], TimeSpan.FromMilliseconds(20), TimeProvider.System, test.Lines);
        var deadline = Task.Delay(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        var room = Task.CompletedTask;
        while (room.IsCompleted && !deadline.IsCompleted)
        {
            room = flusher.WaitForRoomAsync(TestContext.Current.CancellationToken).AsTask();
            await Task.Yield();
        }

        Assert.False(room.IsCompleted);
        leave.Set();
        Assert.Same(room, await Task.WhenAny(room, deadline));
        files.OnFlush = () => { };
    }

    private void RemoveCheckpoint() => files.Delete(Path.Combine(test.Directory, Checkpoint.FileName));
}
