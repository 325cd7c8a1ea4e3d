using System.Buffers.Binary;
using System.Text;
using StreamDistill.Contracts;
using StreamDistill.Student;

namespace Student.Tests.Safetensors;

public sealed class HostileSafetensorsTests
{
    [Theory]
    [InlineData("", 0, "does not begin with '{'")]
    [InlineData("[]", 0, "does not begin with '{'")]
    [InlineData("{", 0, "not valid JSON")]
    [InlineData("{} {}", 0, "not valid JSON")]
    [InlineData("""{"a":1}""", 0, "'a' is no object")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", 4, "'a' is there twice")]
    [InlineData("""{"a":{"dtype":"F32","dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", 4, "'dtype' of the tensor 'a'")]
    [InlineData("""{"a":{"dtype":"F4","shape":[1],"data_offsets":[0,4]}}""", 4, "dtype 'F4', not one of BOOL")]
    [InlineData("""{"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}}""", 4, "shape of the tensor 'a'")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1.5],"data_offsets":[0,4]}}""", 4, "shape of the tensor 'a'")]
    [InlineData("""{"a":{"dtype":"F32","shape":[99999999999999999999],"data_offsets":[0,4]}}""", 4, "shape of the tensor 'a'")]
    [InlineData("""{"a":{"dtype":"F32","shape":[[1]],"data_offsets":[0,4]}}""", 4, "shape of the tensor 'a'")]
    [InlineData("""{"a":{"dtype":"F32","shape":[4611686018427387904,4],"data_offsets":[0,0]}}""", 0, "cannot have 0 bytes")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1]}}""", 4, "lacks its dtype, shape or two data_offsets")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0]}}""", 4, "lacks its dtype, shape or two data_offsets")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4,8]}}""", 4, "more than 2 numbers")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,0]}}""", 4, "must begin at 0")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", 4, "end by 4")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}""", 4, "cannot have 4 bytes")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", 8, "end at byte 4 and its data at 8")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"b":{"dtype":"F32","shape":[1],"data_offsets":[8,12]}}""", 12, "'b' is at bytes 8 to 12, but must begin at 4")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""", 8, "'b' is at bytes 4 to 8, but must begin at 8")]
    [InlineData("""{"\ud800":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", 4, "not valid JSON")]
    [InlineData("""{"__metadata__":{"a":1}}""", 0, "'a' in __metadata__")]
    [InlineData("""{"__metadata__":[]}""", 0, "__metadata__ is no object")]
    public void A_header_that_lies_is_refused_with_the_reason(string header, long dataSize, string reason)
    {
        var refusal = Assert.Throws<StreamDistillException>(() => SafetensorsHeader.Parse(Encoding.UTF8.GetBytes(header), dataSize, "some.safetensors"));

        Assert.Contains("some.safetensors", refusal.Message, StringComparison.Ordinal);
        Assert.Contains(reason, refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(ulong.MaxValue)]
    [InlineData(100_000_001UL)]
    [InlineData(99_000_000UL)]
    [InlineData(3UL)]
    public void A_header_size_beyond_the_file_or_the_format_is_refused_before_anything_is_allocated(ulong size)
    {
        using var scratch = new ScratchDirectory();
        var bytes = new byte[10];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, size);
        bytes[8] = (byte)'{';
        bytes[9] = (byte)'}';
        File.WriteAllBytes(scratch.File("a"), bytes);
        var before = GC.GetAllocatedBytesForCurrentThread();

        var refusal = Assert.Throws<StreamDistillException>(() => SafetensorsFile.Open(scratch.File("a")));

        Assert.Contains($"its header would have {size} bytes, the file has 10", refusal.Message, StringComparison.Ordinal);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 20);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(7)]
    [InlineData(8)]
    [InlineData(40)]
    [InlineData(71)]
    public void A_truncated_file_is_refused(int length)
    {
        using var scratch = new ScratchDirectory();
        var json = Encoding.UTF8.GetBytes("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}  """);
        var size = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(size, json.Length);
        byte[] whole = [.. size, .. json, .. new byte[8]];
        File.WriteAllBytes(scratch.File("a"), whole[..length]);

        Assert.Throws<StreamDistillException>(() => SafetensorsFile.Open(scratch.File("a")));
        File.WriteAllBytes(scratch.File("a"), whole);
        using var file = SafetensorsFile.Open(scratch.File("a"));
        Assert.Single(file.Entries);
    }

    [Fact]
    public void A_missing_file_is_named()
    {
        var refusal = Assert.Throws<StreamDistillException>(() => SafetensorsFile.Open("/nowhere/model.safetensors"));

        Assert.Contains("/nowhere/model.safetensors", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_hundred_thousand_damaged_headers_are_read_or_refused_and_never_cost_much()
    {
        var whole = Encoding.UTF8.GetBytes(
            """{"__metadata__":{"format":"pt"},"a.weight":{"dtype":"F32","shape":[2,3],"data_offsets":[0,24]},"b":{"dtype":"BF16","shape":[4],"data_offsets":[24,32]}}""");
        var random = new Random(20_240);
        var refused = 0;
        for (var round = 0; round < 100_000; round++)
        {
            var damaged = whole.ToList();
            for (var change = random.Next(1, 4); change > 0; change--)
            {
                Damage(damaged, random);
            }

            var before = GC.GetAllocatedBytesForCurrentThread();
            try
            {
                var header = SafetensorsHeader.Parse(damaged.ToArray(), 32, "fuzzed");
                Assert.DoesNotContain(header.Entries.Values, entry => entry.Start < 0 || entry.End < entry.Start || entry.End > 32);
            }
            catch (StreamDistillException)
            {
                refused++;
            }

            Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 20);
        }

        Assert.InRange(refused, 50_000, 99_999);
    }

    private static void Damage(List<byte> bytes, Random random)
    {
        string[] pieces = ["{", "}", "[", "]", ",", ":", "\"", "9999999999999999999", "-1", "1e999", "null", "\"a.weight\"", "\\ud800", "\0", "\u00ff", "[0,24]", "0"];
        var place = random.Next(bytes.Count);
        switch (random.Next(4))
        {
            case 0:
                bytes[place] = (byte)random.Next(256);
                break;
            case 1:
                bytes.RemoveRange(place, Math.Min(random.Next(1, 20), bytes.Count - place - (place == 0 ? 1 : 0)));
                break;
            case 2:
                bytes.InsertRange(place, Encoding.UTF8.GetBytes(pieces[random.Next(pieces.Length)]));
                break;
            default:
                bytes.InsertRange(random.Next(bytes.Count), bytes.GetRange(place, Math.Min(random.Next(1, 60), bytes.Count - place)));
                break;
        }
    }
}
