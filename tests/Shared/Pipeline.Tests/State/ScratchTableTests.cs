namespace StreamDistill.Pipeline.Tests.State;

public sealed class ScratchTableTests
{
    [Fact]
    public void It_does_what_a_dictionary_does()
    {
        using var table = new ScratchTable();
        var dictionary = new Dictionary<UInt128, byte[]>();
        var random = new Random(20261122);
        for (var i = 0; i < 20_000; i++)
        {
            var key = new UInt128((ulong)random.Next(50) << 60, (ulong)random.Next(50));
            var value = new byte[random.Next(60)];
            random.NextBytes(value);
            switch (random.Next(4))
            {
                case 0:
                    Assert.Equal(dictionary.TryAdd(key, value), table.TryAdd(key, value));
                    break;
                case 1:
                    Assert.Equal(dictionary.ContainsKey(key), table.Replace(key, value));
                    if (dictionary.ContainsKey(key))
                    {
                        dictionary[key] = value;
                    }

                    break;
                case 2:
                    Assert.Equal(dictionary.Remove(key), table.Remove(key));
                    break;
                default:
                    Assert.Equal(dictionary.GetValueOrDefault(key), table.Find(key));
                    break;
            }

            Assert.Equal(dictionary.Count, table.Count);
        }
    }

    [Fact]
    public void What_was_added_first_goes_first_when_it_is_full()
    {
        using var table = new ScratchTable(capacity: 3);
        for (var key = 1; key <= 3; key++)
        {
            table.TryAdd((UInt128)key, [(byte)key]);
        }

        table.Remove(2);
        table.TryAdd(4, [4]);
        Assert.NotNull(table.Find(1));
        table.TryAdd(5, [5]);
        table.TryAdd(6, [6]);
        Assert.Equal([null, null, null, 4, 5, 6], Enumerable.Range(1, 6).Select(key => table.Find((UInt128)key)?[0]));
        Assert.Equal(3, table.Count);
    }

    [Fact]
    public void It_takes_no_more_memory_when_it_holds_more()
    {
        using var table = new ScratchTable();
        var value = new byte[48];
        Fill(0, 100_000);
        var before = SQLitePCL.raw.sqlite3_memory_used();
        Fill(100_000, 400_000);

        // The entries' keys and values alone are 64 bytes each.
        Assert.InRange(SQLitePCL.raw.sqlite3_memory_used() - before, long.MinValue, 300_000 * 8L);
        Assert.Equal(400_000, table.Count);

        void Fill(int from, int to)
        {
            for (var i = from; i < to; i++)
            {
                table.TryAdd(new UInt128(unchecked((ulong)i * 0x9E3779B97F4A7C15), (ulong)i), value);
            }
        }
    }
}
