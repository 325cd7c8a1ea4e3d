using System.Buffers.Binary;

namespace StreamDistill.Embedded.Broker.Log;

/// <summary>
/// A record batch's header, magic 2, big-endian (https://kafka.apache.org/documentation/#recordbatch):
/// <code>
///  0 baseOffset            int64     27 baseTimestamp   int64
///  8 batchLength           int32     35 maxTimestamp    int64
/// 12 partitionLeaderEpoch  int32     43 producerId      int64
/// 16 magic                 int8      51 producerEpoch   int16
/// 17 crc                   uint32    53 baseSequence    int32
/// 21 attributes            int16     57 recordsCount    int32
/// 23 lastOffsetDelta       int32     61 the records, compressed as attributes say
/// </code>
/// batchLength counts from byte 12 on; crc is the CRC-32C of everything from byte 21 on.
/// </summary>
internal readonly struct BatchHeader(ReadOnlySpan<byte> bytes)
{
    public const int Size = 61;
    public const int LengthAt = 8;
    public const int BeforeLength = 12;
    public const int LeaderEpochAt = 12;
    public const int MagicAt = 16;
    public const int CrcAt = 17;
    public const int AttributesAt = 21;
    public const int MaxTimestampAt = 35;
    public const short CompressionMask = 0x07;
    public const short LogAppendTimeFlag = 0x08;
    public const short TransactionalFlag = 0x10;
    public const short ControlFlag = 0x20;

    /// <summary>Set by compaction in a batch with tombstones: its baseTimestamp is the time from which on they may go (KIP-534).</summary>
    public const short DeleteHorizonFlag = 0x40;

    public const short KnownToClients = CompressionMask | LogAppendTimeFlag | TransactionalFlag | ControlFlag;

    public readonly long BaseOffset = BinaryPrimitives.ReadInt64BigEndian(bytes);
    public readonly int BatchLength = BinaryPrimitives.ReadInt32BigEndian(bytes[LengthAt..]);
    public readonly int PartitionLeaderEpoch = BinaryPrimitives.ReadInt32BigEndian(bytes[LeaderEpochAt..]);
    public readonly sbyte Magic = (sbyte)bytes[MagicAt];
    public readonly uint Crc = BinaryPrimitives.ReadUInt32BigEndian(bytes[CrcAt..]);
    public readonly short Attributes = BinaryPrimitives.ReadInt16BigEndian(bytes[AttributesAt..]);
    public readonly int LastOffsetDelta = BinaryPrimitives.ReadInt32BigEndian(bytes[23..]);
    public readonly long BaseTimestamp = BinaryPrimitives.ReadInt64BigEndian(bytes[27..]);
    public readonly long MaxTimestamp = BinaryPrimitives.ReadInt64BigEndian(bytes[MaxTimestampAt..]);
    public readonly long ProducerId = BinaryPrimitives.ReadInt64BigEndian(bytes[43..]);
    public readonly short ProducerEpoch = BinaryPrimitives.ReadInt16BigEndian(bytes[51..]);
    public readonly int BaseSequence = BinaryPrimitives.ReadInt32BigEndian(bytes[53..]);
    public readonly int RecordsCount = BinaryPrimitives.ReadInt32BigEndian(bytes[57..]);

    /// <summary>The whole batch's size in bytes.</summary>
    public long TotalSize => (long)BeforeLength + BatchLength;

    public long LastOffset => BaseOffset + LastOffsetDelta;

    public bool HasProducer => ProducerId >= 0;

    public bool IsTransactional => (Attributes & TransactionalFlag) != 0;

    public bool IsControl => (Attributes & ControlFlag) != 0;

    public bool UsesLogAppendTime => (Attributes & LogAppendTimeFlag) != 0;

    public bool HasDeleteHorizon => (Attributes & DeleteHorizonFlag) != 0;

    public int Compression => Attributes & CompressionMask;

    /// <summary>Sequences go from int.MaxValue on to 0.</summary>
    public int LastSequence => BaseSequence < 0 ? -1 : (int)(((long)BaseSequence + LastOffsetDelta) & int.MaxValue);

    /// <summary>Whether what the header says can be a batch in a log; its CRC is another matter.</summary>
    public bool IsPlausible => Magic == 2 && BatchLength >= Size - BeforeLength && BaseOffset >= 0 && LastOffsetDelta >= 0
        && BaseOffset <= long.MaxValue - LastOffsetDelta - 1 && RecordsCount >= 0 && RecordsCount <= LastOffsetDelta + 1L;

    /// <summary>Whether a whole batch is as it was written.</summary>
    public static bool HasValidCrc(ReadOnlySpan<byte> batch) =>
        BinaryPrimitives.ReadUInt32BigEndian(batch[CrcAt..]) == Crc32C.Compute(batch[AttributesAt..]);

    /// <summary>Writes the header of a batch whose records are in place, CRC included.</summary>
    public static void Write(
        Span<byte> batch, long baseOffset, short attributes, int lastOffsetDelta, long baseTimestamp, long maxTimestamp,
        long producerId, short producerEpoch, int baseSequence, int recordsCount)
    {
        BinaryPrimitives.WriteInt64BigEndian(batch, baseOffset);
        BinaryPrimitives.WriteInt32BigEndian(batch[LengthAt..], batch.Length - BeforeLength);
        BinaryPrimitives.WriteInt32BigEndian(batch[LeaderEpochAt..], 0);
        batch[MagicAt] = 2;
        BinaryPrimitives.WriteInt16BigEndian(batch[AttributesAt..], attributes);
        BinaryPrimitives.WriteInt32BigEndian(batch[23..], lastOffsetDelta);
        BinaryPrimitives.WriteInt64BigEndian(batch[27..], baseTimestamp);
        BinaryPrimitives.WriteInt64BigEndian(batch[MaxTimestampAt..], maxTimestamp);
        BinaryPrimitives.WriteInt64BigEndian(batch[43..], producerId);
        BinaryPrimitives.WriteInt16BigEndian(batch[51..], producerEpoch);
        BinaryPrimitives.WriteInt32BigEndian(batch[53..], baseSequence);
        BinaryPrimitives.WriteInt32BigEndian(batch[57..], recordsCount);
        WriteCrc(batch);
    }

    /// <summary>Computes the CRC anew after a change.</summary>
    public static void WriteCrc(Span<byte> batch) =>
        BinaryPrimitives.WriteUInt32BigEndian(batch[CrcAt..], Crc32C.Compute(batch[AttributesAt..]));
}
