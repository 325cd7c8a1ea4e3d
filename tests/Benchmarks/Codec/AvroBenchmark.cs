using System.Globalization;
using Avro.IO;
using Avro.Specific;
using streamdistill;

namespace StreamDistill.Benchmarks;

/// <summary>
/// Encoding and decoding of a Completion of 2 KB: ours, npm's avsc and Debian's python3-avro, over the same bytes and schema,
/// in turns.
/// </summary>
internal sealed class AvroBenchmark : IBenchmark
{
    private const int Rounds = 5;

    public string Name => "avro";

    public async Task RunAsync(Report report)
    {
        foreach (var (kind, completion) in Completions.All)
        {
            await CompareAsync(report, kind, completion);
        }
    }

    private static async Task CompareAsync(Report report, string kind, Completion completion)
    {
        var ours = new OurCodec(completion);
        await using var avsc = await OtherCodec.StartAsync("node", "avsc.mjs", ours.Bytes);
        await using var python = await OtherCodec.StartAsync("/usr/bin/python3", "python3_avro.py", ours.Bytes);
        List<(Cost Encode, Cost Decode)> own = [];
        List<(double Encode, double Decode)> node = [], py = [];
        for (var round = -2; round < Rounds; round++)
        {
            await Console.Error.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"  {kind}: {(round < 0 ? "warming up" : $"round {round + 1} of {Rounds}")}"));
            var (encode, decode) = (Timing.Measure(ours.Encode), Timing.Measure(ours.Decode));
            var (one, other) = (await avsc.MeasureAsync(), await python.MeasureAsync());
            if (round >= 0)
            {
                own.Add((encode, decode));
                node.Add(one);
                py.Add(other);
            }
        }

        report.Add($"{kind}: size", $"{ours.Bytes.Length:N0} bytes");
        Add(report, $"{kind}: encode", ours.Bytes.Length, own.ConvertAll(round => round.Encode), node.ConvertAll(round => round.Encode), py.ConvertAll(round => round.Encode));
        Add(report, $"{kind}: decode", ours.Bytes.Length, own.ConvertAll(round => round.Decode), node.ConvertAll(round => round.Decode), py.ConvertAll(round => round.Decode));
        Add(report, $"{kind}: both", ours.Bytes.Length, own.ConvertAll(Both), node.ConvertAll(Both), py.ConvertAll(Both));
    }

    private static Cost Both((Cost Encode, Cost Decode) round) =>
        new(round.Encode.Nanoseconds + round.Decode.Nanoseconds, round.Encode.AllocatedBytes + round.Decode.AllocatedBytes);

    private static double Both((double Encode, double Decode) round) => round.Encode + round.Decode;

    private static void Add(Report report, string what, int bytes, List<Cost> own, List<double> avsc, List<double> python)
    {
        var (nanoseconds, node, py) = (own.Select(cost => cost.Nanoseconds).Median(), avsc.Median(), python.Median());
        report.Add($"{what}, ours", $"{nanoseconds:N0} ns CPU, {bytes / nanoseconds * 1e3:N0} MB/s, {own.Select(cost => cost.AllocatedBytes).Median():N0} bytes allocated");
        report.Add($"{what}, avsc", $"{node:N0} ns CPU, {bytes / node * 1e3:N0} MB/s");
        report.Add($"{what}, python3-avro", $"{py:N0} ns CPU, {bytes / py * 1e3:N1} MB/s");
        report.AddAtLeast($"{what}, avsc / ours", node / nanoseconds, "×", 2);
        report.AddAtLeast($"{what}, python3-avro / ours", py / nanoseconds, "×", 100);
    }

    /// <summary>What the serializer and the deserializer do with a record, without the registry.</summary>
    private sealed class OurCodec
    {
        private readonly SpecificDatumWriter<Completion> writer = new(Completion._SCHEMA);
        private readonly SpecificDatumReader<Completion> reader = new(Completion._SCHEMA, Completion._SCHEMA);
        private readonly MemoryStream buffer = new();
        private readonly Completion completion;

        public OurCodec(Completion completion)
        {
            this.completion = completion;
            Encode();
        }

        public byte[] Bytes { get; private set; } = [];

        public Completion? Decoded { get; private set; }

        public void Encode()
        {
            buffer.SetLength(0);
            var encoder = new BinaryEncoder(buffer);
            writer.Write(completion, encoder);
            encoder.Flush();
            Bytes = buffer.ToArray();
        }

        public void Decode() => Decoded = reader.Read(null!, new BinaryDecoder(new MemoryStream(Bytes, 0, Bytes.Length, writable: false, publiclyVisible: true)));
    }
}
