using System.Runtime.InteropServices;
using TorchSharp;
using static TorchSharp.torch;

namespace Polyfills.Tests.TorchSharpContract;

public sealed class TensorTests
{
    [Fact]
    public void A_tensor_has_the_shape_type_and_elements_it_was_made_of()
    {
        using var scope = NewDisposeScope();
        var tensor = torch.tensor(new float[] { 1, 2, 3, 4, 5, 6 }, [2, 3]);

        Assert.Equal([2, 3], tensor.shape);
        Assert.Equal((float32, 2L, 6L, 4L), (tensor.dtype, tensor.ndim, tensor.NumberOfElements, tensor.ElementSize));
        Assert.Equal(DeviceType.CPU, tensor.device.type);
        Assert.Equal([1, 2, 3, 4, 5, 6], tensor.data<float>().ToArray());
        Assert.Equal(6, tensor.data<float>()[1, 2]);
    }

    [Fact]
    public void A_view_reads_and_writes_the_elements_of_what_it_views()
    {
        using var scope = NewDisposeScope();
        var tensor = arange(6).reshape(2, 3);
        var columns = tensor.transpose(0, 1);

        Assert.False(columns.is_contiguous());
        Assert.Equal([0, 3, 1, 4, 2, 5], columns.data<long>().ToArray());
        columns.data<long>()[2, 1] = 50;
        Assert.Equal(50, tensor[1, 2].item<long>());
        columns.data<long>().CopyFrom([9, 8, 7, 6, 5, 4]);
        Assert.Equal([9, 7, 5, 8, 6, 4], tensor.data<long>().ToArray());
        Assert.Throws<InvalidOperationException>(() => columns.bytes.Length);
    }

    [Fact]
    public void Bytes_are_the_memory_of_the_elements()
    {
        using var scope = NewDisposeScope();
        var tensor = torch.tensor(new[] { 1.5f, -2f });

        Assert.Equal([1.5f, -2f], MemoryMarshal.Cast<byte, float>(tensor.bytes).ToArray());
        tensor.bytes = MemoryMarshal.AsBytes([7f, 8f]).ToArray();
        Assert.Equal([7f, 8f], tensor.data<float>().ToArray());
        Assert.Throws<ArgumentException>(() => tensor.bytes = new byte[3]);

        using var stream = new MemoryStream();
        tensor.WriteBytesToStream(stream, 3);
        stream.Position = 0;
        var copy = zeros_like(tensor);
        copy.ReadBytesFromStream(stream, 5);
        Assert.True(copy.allclose(tensor));
    }

    [Fact]
    public void Elements_are_read_as_their_own_type_only()
    {
        using var scope = NewDisposeScope();
        Assert.Throws<ArgumentException>(() => ones(2).data<double>());
        Assert.Throws<ArgumentException>(() => ones(2).item<float>());
        Assert.Equal(2, torch.tensor(2.9).ToInt64());
        Assert.Equal((Half)0.5f, torch.tensor(0.5f).half().item<Half>());
        Assert.Equal((BFloat16)1.0078125f, torch.tensor(1.009f).bfloat16().item<BFloat16>());
    }

    [Fact]
    public void An_error_is_libtorchs_own_message()
    {
        using var scope = NewDisposeScope();
        var error = Assert.Throws<ExternalException>(() => ones(2, 3).matmul(ones(2, 3)));
        Assert.StartsWith("mat1 and mat2 shapes cannot be multiplied (2x3 and 2x3)", error.Message);
        Assert.Throws<ExternalException>(() => ones(4).view(3));
        Assert.Throws<ExternalException>(() => ones(2).add_(ones(3)));
        Assert.Throws<InvalidOperationException>(() => Disposed().add(1));
    }

    [Fact]
    public void Index_expressions_name_what_they_name_in_Python()
    {
        using var scope = NewDisposeScope();
        var tensor = arange(24).reshape(2, 3, 4);

        Assert.Equal([2, 3], tensor[TensorIndex.Ellipsis, 1].shape);
        Assert.Equal([1, 2, 3, 4], tensor[TensorIndex.None].shape);
        Assert.Equal([17, 21], tensor[1, 1.., 1].data<long>().ToArray());
        Assert.Equal([3, 7, 11, 15, 19, 23], tensor[TensorIndex.Colon, TensorIndex.Colon, ^1].reshape(-1).data<long>().ToArray());
        var (first, second) = (torch.tensor(new long[] { 0, 1 }), torch.tensor(new long[] { 1, 0 }));
        Assert.Equal([4, 5, 6, 7, 12, 13, 14, 15], tensor[first, second].reshape(-1).data<long>().ToArray());
        tensor.index_put_(torch.tensor(-1L), TensorIndex.Colon, TensorIndex.Tensor(torch.tensor(new long[] { 0, 2 })), 0);
        Assert.Equal([-1, 4, -1, -1, 16, -1], tensor[TensorIndex.Ellipsis, 0].reshape(-1).data<long>().ToArray());
        tensor[1] = zeros(3, 4, dtype: int64);
        Assert.Equal(0, tensor[1].abs().sum().item<long>());
    }

    [Fact]
    public void Elements_are_placed_where_indices_say()
    {
        using var scope = NewDisposeScope();
        var (rows, index) = (zeros(4, 2), torch.tensor(new long[] { 2, 0 }));
        rows.index_copy_(0, index, torch.tensor(new float[,] { { 1, 2 }, { 3, 4 } }));
        Assert.Equal([3, 4, 0, 0, 1, 2, 0, 0], rows.data<float>().ToArray());
        rows.index_add_(0, index, ones(2, 2), 10);
        Assert.Equal([13, 14, 0, 0, 11, 12, 0, 0], rows.data<float>().ToArray());
        rows.scatter_(1, torch.tensor(new long[,] { { 1 } }), zeros(1, 1));
        Assert.Equal([13, 0], rows[0].data<float>().ToArray());
        Assert.Equal([2, 1], ones(5).split(2).Select(part => part.shape[0]).Skip(1));
        Assert.Equal([3, 2], ones(5).chunk(2).Select(part => part.shape[0]));
        Assert.Equal([1, 4], ones(5).split([1L, 4L], 0).Select(part => part.shape[0]));
    }

    [Fact]
    public void Integers_stay_integers_and_numbers_of_other_types_convert()
    {
        using var scope = NewDisposeScope();
        Assert.Equal(int64, arange(0, 10, 2).dtype);
        Assert.Equal(float32, arange(0, 1, 0.25).dtype);
        Assert.Equal(int64, full(2L, 3).dtype);
        Assert.Equal(float32, (arange(3) * 0.5).dtype);
        Assert.Equal(@bool, (arange(3) > 1).dtype);
        Assert.Equal([false, true, true], (arange(3) >= 1).data<bool>().ToArray());
        Assert.Equal([0, 0, 1], arange(3).div(2, RoundingMode.floor).clamp(max: 1).data<long>().ToArray());
    }

    [Fact]
    public void Devices_are_parsed_and_one_that_is_missing_is_refused()
    {
        Assert.Equal("cpu", new Device("cpu").ToString());
        Assert.Equal((DeviceType.CUDA, 1), (new Device("cuda:1").type, new Device("cuda:1").index));
        Assert.Throws<ArgumentException>(() => new Device("abacus"));
        if (!cuda.is_available())
            Assert.ThrowsAny<Exception>(() => ones(1).to("cuda"));
    }

    [Fact]
    public void A_generator_goes_on_from_a_state_it_was_set_to()
    {
        using var scope = NewDisposeScope();
        manual_seed(7);
        var state = get_rng_state();
        var first = randn(5);
        set_rng_state(state);
        Assert.True(randn(5).Equals(first));
        using var own = new Generator(7);
        Assert.True(randn(5, generator: own).Equals(first));
    }

    private static Tensor Disposed()
    {
        var tensor = ones(1);
        tensor.Dispose();
        Assert.True(tensor.IsInvalid);
        return tensor;
    }
}
