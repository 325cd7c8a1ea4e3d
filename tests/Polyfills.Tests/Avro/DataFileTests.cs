using Avro;
using Avro.File;
using Avro.Generic;
using Avro.Specific;
using Polyfills.Tests.AvroRecords;

namespace Polyfills.Tests.AvroContract;

public sealed class DataFileTests
{
    private static readonly Schema Long = Schema.Parse("long");

    [Theory]
    [InlineData(Codec.Type.Null)]
    [InlineData(Codec.Type.Deflate)]
    public void What_was_appended_is_read_in_order(Codec.Type codec)
    {
        byte[] file = Write(Enumerable.Range(0, 100_000).Select(i => (long)i), codec);

        using IFileReader<long> reader = DataFileReader<long>.OpenReader(new MemoryStream(file));
        Assert.Equal(Long, reader.GetSchema());
        Assert.Equal(codec == Codec.Type.Null ? "null" : "deflate", reader.GetMetaString("avro.codec"));
        Assert.Equal(Enumerable.Range(0, 100_000).Select(i => (long)i), reader.NextEntries);
        Assert.False(reader.HasNext());
        Assert.Throws<AvroRuntimeException>(() => reader.Next());
    }

    [Fact]
    public void A_file_without_data_has_a_schema()
    {
        using IFileReader<long> reader = DataFileReader<long>.OpenReader(new MemoryStream(Write([])));

        Assert.Equal(Long, reader.GetSchema());
        Assert.False(reader.HasNext());
    }

    [Fact]
    public void Specific_records_come_back_from_a_file_on_disk()
    {
        string path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        try
        {
            using (IFileWriter<AllTypes> writer = DataFileWriter<AllTypes>.OpenWriter(new SpecificDatumWriter<AllTypes>(AllTypes.TheSchema), path))
            {
                writer.Append(AllTypes.Full());
            }

            using (IFileWriter<AllTypes> writer = DataFileWriter<AllTypes>.OpenAppendWriter(new SpecificDatumWriter<AllTypes>(AllTypes.TheSchema), path))
            {
                writer.Append(new AllTypes { Text = "second" });
            }

            using IFileReader<AllTypes> reader = DataFileReader<AllTypes>.OpenReader(path);
            AllTypes[] read = reader.NextEntries.ToArray();
            Assert.Equivalent(AllTypes.Full(), read[0], strict: true);
            Assert.Equal("second", read[1].Text);
            Assert.Equal(2, read.Length);
        }
        finally
        {
            System.IO.File.Delete(path);
        }
    }

    [Fact]
    public void Metadata_is_kept_and_avros_own_is_not_to_be_set()
    {
        using var stream = new MemoryStream();
        using (IFileWriter<long> writer = DataFileWriter<long>.OpenWriter(new GenericDatumWriter<long>(Long), stream, leaveOpen: true))
        {
            writer.SetMeta("text", "ü");
            writer.SetMeta("number", 42);
            writer.SetMeta("bytes", [1, 2]);
            Assert.True(writer.IsReservedMeta("avro.codec"));
            Assert.Throws<AvroRuntimeException>(() => writer.SetMeta("avro.codec", "x"));
            Assert.Throws<AvroRuntimeException>(() => writer.SetSyncInterval(1));
            writer.Append(1);
        }

        stream.Position = 0;
        using IFileReader<long> reader = DataFileReader<long>.OpenReader(stream);
        Assert.Equal("ü", reader.GetMetaString("text"));
        Assert.Equal(42, reader.GetMetaLong("number"));
        Assert.Equal([1, 2], reader.GetMeta("bytes"));
        Assert.Null(reader.GetMeta("none"));
        Assert.Superset(new HashSet<string> { "text", "number", "bytes", "avro.schema" }, reader.GetMetaKeys().ToHashSet());
        Assert.Equal(16, reader.GetHeader().SyncData.Length);
    }

    [Fact]
    public void A_reader_can_go_to_a_sync_point_and_to_the_block_after_any_position()
    {
        using var stream = new MemoryStream();
        long second;
        using (IFileWriter<long> writer = DataFileWriter<long>.OpenWriter(new GenericDatumWriter<long>(Long), stream, leaveOpen: true))
        {
            writer.Append(1);
            writer.Append(2);
            second = writer.Sync();
            writer.Append(3);
        }

        stream.Position = 0;
        using IFileReader<long> reader = DataFileReader<long>.OpenReader(stream);
        long first = reader.PreviousSync();
        Assert.Equal([1, 2, 3], reader.NextEntries);
        reader.Seek(second);
        Assert.Equal([3], reader.NextEntries);
        reader.Seek(first);
        Assert.Equal([1, 2, 3], reader.NextEntries);
        reader.Sync(first);
        Assert.Equal(second, reader.Tell());
        Assert.True(reader.PastSync(second - 16));
        Assert.False(reader.PastSync(second));
        Assert.Equal([3], reader.NextEntries);
        reader.Sync(0);
        Assert.Equal([1, 2, 3], reader.NextEntries);
        reader.Sync(stream.Length);
        Assert.False(reader.HasNext());
    }

    [Fact]
    public void Data_are_read_in_the_readers_schema()
    {
        using IFileReader<double> reader = DataFileReader<double>.OpenReader(new MemoryStream(Write([7L])), Schema.Parse("double"));

        Assert.Equal([7d], reader.NextEntries);
    }

    [Fact]
    public void A_stream_that_cannot_seek_is_read_to_its_end()
    {
        byte[] file = Write(Enumerable.Range(0, 50_000).Select(i => (long)i), Codec.Type.Deflate);

        using IFileReader<long> reader = DataFileReader<long>.OpenReader(new ForwardOnlyStream(file));
        Assert.Equal(50_000, reader.NextEntries.Count());
    }

    [Fact]
    public void A_datum_that_cannot_be_written_leaves_the_file_as_it_was()
    {
        using var stream = new MemoryStream();
        Schema schema = Schema.Parse("""{"type":"array","items":"long"}""");
        using (IFileWriter<object[]> writer = DataFileWriter<object[]>.OpenWriter(new GenericDatumWriter<object[]>(schema), stream, leaveOpen: true))
        {
            writer.Append([1L]);
            Assert.Throws<AvroRuntimeException>(() => writer.Append([2L, "not a long"]));
            writer.Append([3L]);
        }

        stream.Position = 0;
        using IFileReader<object[]> reader = DataFileReader<object[]>.OpenReader(stream);
        Assert.Equal([[1L], [3L]], reader.NextEntries);
    }

    [Fact]
    public void What_is_not_a_data_file_is_refused()
    {
        byte[] file = Write([1L, 2L]);
        byte[] wrongSync = [.. file[..^1], (byte)~file[^1]];
        byte[] cut = file[..^20];

        Assert.Throws<AvroRuntimeException>(() => DataFileReader<long>.OpenReader(new MemoryStream([1, 2, 3, 4, 5])));
        Assert.Throws<AvroRuntimeException>(() => DataFileReader<long>.OpenReader(new MemoryStream([])));
        Assert.Throws<AvroRuntimeException>(() => DataFileReader<long>.OpenReader(new MemoryStream(wrongSync)).Next());
        Assert.Throws<AvroRuntimeException>(() => DataFileReader<long>.OpenReader(new MemoryStream(cut)).Next());
        Assert.Throws<AvroRuntimeException>(() => Codec.CreateCodecFromString("no such codec"));
    }

    private static byte[] Write(IEnumerable<long> values, Codec.Type codec = Codec.Type.Null)
    {
        var stream = new MemoryStream();
        using (IFileWriter<long> writer = DataFileWriter<long>.OpenWriter(new GenericDatumWriter<long>(Long), stream, Codec.CreateCodec(codec)))
        {
            foreach (long value in values)
            {
                writer.Append(value);
            }
        }

        return stream.ToArray();
    }
}
