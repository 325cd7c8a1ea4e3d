using System.Buffers.Binary;
using System.Diagnostics;
using Avro.File;
using Avro.Generic;

namespace Polyfills.Tests.AvroContract;

/// <summary>Data to python3-avro and back: Debian's implementation must have understood each of them to write it again.</summary>
public sealed class PythonInteropTests : IDisposable
{
    private const string Python = "/usr/bin/python3";
    private const int DataCount = 200;

    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("avro-interop-");

    public void Dispose() => folder.Delete(recursive: true);

    [Fact]
    public async Task Bare_data_come_back_from_python_as_they_went()
    {
        GenericRecord[] data = MakeData();
        var writer = new GenericDatumWriter<GenericRecord>(RandomData.Everything);
        var reader = new GenericDatumReader<GenericRecord>(RandomData.Everything, RandomData.Everything);
        using var framed = new MemoryStream();
        foreach (GenericRecord datum in data)
        {
            byte[] bytes = AvroRecords.Wire.Write(writer, datum);
            framed.Write(BitConverter.GetBytes(BinaryPrimitives.ReverseEndianness(bytes.Length)));
            framed.Write(bytes);
        }

        await File.WriteAllTextAsync(InFolder("schema"), RandomData.Everything.ToString());
        await File.WriteAllBytesAsync(InFolder("ours"), framed.ToArray());
        await RunPeer("data", InFolder("schema"), InFolder("ours"), InFolder("theirs"));

        ReadOnlyMemory<byte> rest = await File.ReadAllBytesAsync(InFolder("theirs"));
        foreach (GenericRecord datum in data)
        {
            int length = BinaryPrimitives.ReadInt32BigEndian(rest.Span);
            Assert.Equal(datum, AvroRecords.Wire.Read(reader, rest.Slice(4, length).ToArray()));
            rest = rest[(4 + length)..];
        }

        Assert.True(rest.IsEmpty);
    }

    [Theory]
    [InlineData(Codec.Type.Null, "deflate")]
    [InlineData(Codec.Type.Deflate, "null")]
    public async Task A_container_file_comes_back_from_python_as_it_went(Codec.Type ours, string theirs)
    {
        GenericRecord[] data = MakeData();
        using (IFileWriter<GenericRecord> writer = DataFileWriter<GenericRecord>.OpenWriter(
            new GenericDatumWriter<GenericRecord>(RandomData.Everything), InFolder("ours"), Codec.CreateCodec(ours)))
        {
            foreach (GenericRecord datum in data)
            {
                writer.Append(datum);
            }
        }

        await RunPeer("file", InFolder("ours"), InFolder("theirs"), theirs);

        using IFileReader<GenericRecord> reader = DataFileReader<GenericRecord>.OpenReader(InFolder("theirs"), RandomData.Everything);
        Assert.Equal(theirs, reader.GetMetaString("avro.codec"));
        Assert.Equal(data, reader.NextEntries);
    }

    private static GenericRecord[] MakeData()
    {
        var random = new RandomData(seed: 20261122);
        return Enumerable.Range(0, DataCount).Select(_ => random.Record(RandomData.Everything)).ToArray();
    }

    private string InFolder(string name) => Path.Combine(folder.FullName, name);

    private static async Task RunPeer(params string[] arguments)
    {
        Assert.SkipUnless(File.Exists(Python), $"{Python} is missing: install Debian's python3-avro");
        var (found, _) = await Run("-c", "import avro");
        Assert.SkipUnless(found, "python3-avro is missing: install Debian's package of that name");
        var (succeeded, errors) = await Run([Path.Combine(AppContext.BaseDirectory, "Avro", "avro_peer.py"), .. arguments]);
        Assert.True(succeeded, errors);
    }

    private static async Task<(bool Succeeded, string Errors)> Run(params string[] arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo(Python, arguments) { RedirectStandardError = true })!;
        string errors = await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (process.ExitCode == 0, errors);
    }
}
