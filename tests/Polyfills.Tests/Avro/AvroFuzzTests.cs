using Avro;
using Avro.Generic;
using Polyfills.Tests.AvroRecords;

namespace Polyfills.Tests.AvroContract;

/// <summary>
/// A million damaged encodings, by seed: each is read as some record or refused with an <see cref="AvroException"/>, and
/// whatever it claims, what is allocated stays in proportion to what is there. Only the polyfill promises this.
/// </summary>
public sealed class AvroFuzzTests(ITestOutputHelper output)
{
    private const int Cases = 500_000;
    private const int AllocatedBytesMax = 4 * 1024 * 1024;

    [Fact(Skip = "only the polyfill promises this", SkipWhen = nameof(HostileAvroTests.IsPackage), SkipType = typeof(HostileAvroTests))]
    public void Damaged_records_are_read_or_refused_by_generated_classes()
    {
        var reader = Wire.SpecificReader<AllTypes>(Api.Datum, AllTypes.TheSchema, AllTypes.TheSchema);
        var valid = Wire.Write(Wire.SpecificWriter<AllTypes>(Api.Datum, AllTypes.TheSchema), AllTypes.Full());

        Fuzz(Environment.TickCount, _ => valid, bytes => Wire.Read(reader, bytes));
    }

    [Fact(Skip = "only the polyfill promises this", SkipWhen = nameof(HostileAvroTests.IsPackage), SkipType = typeof(HostileAvroTests))]
    public void Damaged_records_are_read_or_refused_generically()
    {
        var reader = new GenericDatumReader<GenericRecord>(RandomData.Everything, RandomData.Everything);
        var writer = new GenericDatumWriter<GenericRecord>(RandomData.Everything);
        var seed = Environment.TickCount;
        var valid = Enumerable.Range(0, 100).Select(i => Wire.Write(writer, new RandomData(unchecked(seed + i)).Record(RandomData.Everything))).ToArray();

        Fuzz(seed, i => valid[i % valid.Length], bytes => Wire.Read(reader, bytes));
    }

    private void Fuzz(int seed, Func<int, byte[]> valid, Action<byte[]> read)
    {
        output.WriteLine($"seed {seed}");
        var random = new Random(seed);
        var refused = 0;
        for (int i = 0; i < Cases; i++)
        {
            byte[] damaged = Damage(valid(i), random);
            long before = GC.GetAllocatedBytesForCurrentThread();
            try
            {
                read(damaged);
            }
            catch (AvroException)
            {
                refused++;
            }

            long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            Assert.True(allocated < AllocatedBytesMax, $"case {i} of seed {seed}: {allocated} bytes were allocated for {Convert.ToHexString(damaged)}");
        }

        // Neither all nor nothing: the damage reaches the decoder, and not every damage is one.
        Assert.InRange(refused, Cases / 100, Cases - 1);
    }

    private static byte[] Damage(byte[] valid, Random random)
    {
        byte[] damaged = random.Next(4) == 0 ? valid[..random.Next(valid.Length)] : [.. valid];
        for (int changes = random.Next(4); changes >= 0 && damaged.Length > 0; changes--)
        {
            int at = random.Next(damaged.Length);
            switch (random.Next(3))
            {
                case 0:
                    damaged[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 1:
                    damaged[at] = (byte)random.Next(256);
                    break;
                default:
                    // The largest lengths and counts that Avro can write.
                    damaged.AsSpan(at, Math.Min(random.Next(1, 11), damaged.Length - at)).Fill(0xFF);
                    break;
            }
        }

        return damaged;
    }
}
