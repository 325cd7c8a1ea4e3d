using System.Buffers.Binary;
using System.Text;
using StreamDistill.Student;
using Student.Tests.Python;
using TorchSharp;
using static TorchSharp.torch;

namespace Student.Tests.Safetensors;

public sealed class SafetensorsFileTests
{
    private const string Header =
        """{"__metadata__":{"format":"pt"},"count":{"dtype":"I64","shape":[],"data_offsets":[0,8]},"b.weight":{"dtype":"F32","shape":[2,1],"data_offsets":[8,16]},"ä":{"dtype":"F32","shape":[0,3],"data_offsets":[16,16]},"half":{"dtype":"BF16","shape":[1],"data_offsets":[16,18]},"flags":{"dtype":"BOOL","shape":[3],"data_offsets":[18,21]}}""";

    [Fact]
    public void A_file_written_is_byte_for_byte_what_the_format_says()
    {
        using var scratch = new ScratchDirectory();
        using var scope = NewDisposeScope();
        var metadata = new Dictionary<string, string> { ["format"] = "pt" };

        SafetensorsWriter.Write(scratch.File("a"), SameTensors(), metadata);
        SafetensorsWriter.Write(scratch.File("b"), SameTensors().Reverse(), metadata);

        Assert.Equal(ByHand(), File.ReadAllBytes(scratch.File("a")));
        Assert.Equal(ByHand(), File.ReadAllBytes(scratch.File("b")));
        Assert.Equal(2, Directory.GetFiles(scratch.Path).Length);
    }

    [Fact]
    public void A_file_made_by_hand_is_read()
    {
        using var scratch = new ScratchDirectory();
        using var scope = NewDisposeScope();
        File.WriteAllBytes(scratch.File("a"), ByHand());

        using var file = SafetensorsFile.Open(scratch.File("a"));

        Assert.Equal("pt", file.Metadata["format"]);
        Assert.Equal(-2, file.Read("count").item<long>());
        Assert.Equal([1.5f, -8f], file.Read("b.weight").data<float>().ToArray());
        Assert.Equal([2L, 1L], file.Read("b.weight").shape);
        Assert.Equal([0L, 3L], file.Read("ä").shape);
        Assert.Equal(1f, file.Read("half").to(ScalarType.Float32).item<float>());
        Assert.Equal([true, false, true], file.Read("flags").data<bool>().ToArray());
    }

    [Fact]
    public void PyTorch_reads_and_writes_the_same_bytes_for_every_element_type()
    {
        using var scratch = new ScratchDirectory();
        using var scope = NewDisposeScope();
        ScalarType[] types =
        [
            ScalarType.Float64, ScalarType.Float32, ScalarType.Float16, ScalarType.BFloat16,
            ScalarType.Int64, ScalarType.Int32, ScalarType.Byte, ScalarType.Bool,
        ];
        var tensors = types.ToDictionary(type => "t." + type, type => arange(12, ScalarType.Int64).view(3, 4).to(type));
        SafetensorsWriter.Write(scratch.File("ours"), tensors, new Dictionary<string, string> { ["format"] = "pt" });

        PyTorch.Run("copy", scratch.File("ours"), scratch.File("theirs"));

        Assert.Equal(File.ReadAllBytes(scratch.File("ours")), File.ReadAllBytes(scratch.File("theirs")));
        using var file = SafetensorsFile.Open(scratch.File("theirs"));
        foreach (var (name, written) in tensors)
        {
            var read = file.Read(name);
            Assert.Equal(written.dtype, read.dtype);
            Assert.True(read.eq(written).all().item<bool>(), name);
        }
    }

    [Fact]
    public void A_view_is_written_as_what_it_shows()
    {
        using var scratch = new ScratchDirectory();
        using var scope = NewDisposeScope();
        var turned = arange(6, ScalarType.Float32).view(2, 3).transpose(0, 1);

        SafetensorsWriter.Write(scratch.File("a"), [KeyValuePair.Create("turned", turned)]);

        using var file = SafetensorsFile.Open(scratch.File("a"));
        Assert.Equal([0f, 3f, 1f, 4f, 2f, 5f], file.Read("turned").data<float>().ToArray());
    }

    [Fact]
    public void A_write_that_fails_leaves_the_old_file_and_nothing_else()
    {
        using var scratch = new ScratchDirectory();
        using var scope = NewDisposeScope();
        SafetensorsWriter.Write(scratch.File("a"), SameTensors());
        var before = File.ReadAllBytes(scratch.File("a"));
        var some = ones([4], ScalarType.Float32);

        Assert.Throws<ArgumentException>(() => SafetensorsWriter.Write(scratch.File("a"), [KeyValuePair.Create("x", some), KeyValuePair.Create("x", some)]));

        Assert.Equal(before, File.ReadAllBytes(scratch.File("a")));
        Assert.Single(Directory.GetFiles(scratch.Path));
    }

    /// <summary>A file put together by hand from the format's description.</summary>
    private static byte[] ByHand()
    {
        var json = Encoding.UTF8.GetBytes(Header);
        var padded = json.Concat(Enumerable.Repeat((byte)' ', (8 - (json.Length % 8)) % 8)).ToArray();
        var size = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(size, padded.Length);
        byte[] data =
        [
            0xFE, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, // -2
            0x00, 0x00, 0xC0, 0x3F, 0x00, 0x00, 0x00, 0xC1, // 1.5, -8
            0x80, 0x3F, // 1
            1, 0, 1,
        ];
        return [.. size, .. padded, .. data];
    }

    private static Dictionary<string, Tensor> SameTensors() => new()
    {
        ["flags"] = tensor(new[] { true, false, true }),
        ["ä"] = zeros([0, 3], ScalarType.Float32),
        ["half"] = ones([1], ScalarType.BFloat16),
        ["b.weight"] = tensor(new[] { 1.5f, -8f }, [2, 1]),
        ["count"] = tensor(-2L),
    };
}
