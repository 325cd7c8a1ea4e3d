using System.Buffers.Binary;
using Microsoft.Win32.SafeHandles;
using StreamDistill.Contracts;
using TorchSharp;
using static TorchSharp.torch;

namespace StreamDistill.Student;

/// <summary>A safetensors file, open for reading. The format stands in SafetensorsHeader.cs.</summary>
public sealed class SafetensorsFile : IDisposable
{
    private readonly string path;
    private readonly SafeFileHandle handle;
    private readonly SafetensorsHeader header;
    private readonly long dataStart;

    private SafetensorsFile(string path, SafeFileHandle handle)
    {
        this.path = path;
        this.handle = handle;
        var length = RandomAccess.GetLength(handle);
        Span<byte> size = stackalloc byte[sizeof(ulong)];
        if (length < size.Length)
        {
            throw new StreamDistillException($"{path} is not a safetensors file that can be read: it has {length} bytes. Fetch or write the file again.");
        }

        ReadExactly(size, 0);
        var headerSize = BinaryPrimitives.ReadUInt64LittleEndian(size);
        if (headerSize > SafetensorsHeader.SizeMax || headerSize > (ulong)(length - size.Length))
        {
            throw new StreamDistillException(
                $"{path} is not a safetensors file that can be read: its header would have {headerSize} bytes, the file has {length}. Fetch or write the file again.");
        }

        var json = new byte[headerSize];
        ReadExactly(json, size.Length);
        dataStart = size.Length + json.Length;
        header = SafetensorsHeader.Parse(json, length - dataStart, path);
    }

    /// <summary>Every tensor by its name.</summary>
    public IReadOnlyDictionary<string, SafetensorsEntry> Entries => header.Entries;

    /// <summary>What the writer said of the file, such as format = pt.</summary>
    public IReadOnlyDictionary<string, string> Metadata => header.Metadata;

    /// <summary>Opens a file and checks its header; reads no tensor yet.</summary>
    /// <exception cref="StreamDistillException">It is not there, or no safetensors file.</exception>
    public static SafetensorsFile Open(string path)
    {
        SafeFileHandle handle;
        try
        {
            handle = File.OpenHandle(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new StreamDistillException($"{path} cannot be opened: {exception.Message}", innerException: exception);
        }

        try
        {
            return new SafetensorsFile(path, handle);
        }
        catch
        {
            handle.Dispose();
            throw;
        }
    }

    /// <summary>Reads a tensor into memory of the CPU; the caller disposes it.</summary>
    /// <exception cref="StreamDistillException">There is no such tensor, or the file became shorter.</exception>
    public Tensor Read(string name)
    {
        if (!Entries.TryGetValue(name, out var entry))
        {
            throw new StreamDistillException($"{path} has no tensor '{name}'.");
        }

        var tensor = empty([.. entry.Shape], entry.Type.Scalar, CPU);
        try
        {
            TensorBytes.ForEachPiece(tensor, (bytes, offset) => ReadExactly(bytes, dataStart + entry.Start + offset));
            return tensor;
        }
        catch
        {
            tensor.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => handle.Dispose();

    private void ReadExactly(Span<byte> into, long position)
    {
        while (!into.IsEmpty)
        {
            var read = RandomAccess.Read(handle, into, position);
            if (read == 0)
            {
                throw new StreamDistillException($"{path} ends at byte {position}, before a tensor that its header names. Fetch or write the file again.");
            }

            into = into[read..];
            position += read;
        }
    }
}
