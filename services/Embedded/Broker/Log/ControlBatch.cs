using System.Buffers.Binary;

namespace StreamDistill.Embedded.Broker.Log;

/// <summary>
/// The marker that ends a transaction: a control batch of one record, key (int16 version 0, int16 type: 0 abort, 1 commit), value
/// (int16 version 0, int32 coordinator epoch).
/// </summary>
internal static class ControlBatch
{
    public static byte[] BuildMarker(long producerId, short producerEpoch, bool isCommit, int coordinatorEpoch, long timestampMs)
    {
        var key = new byte[4];
        key[3] = isCommit ? (byte)1 : (byte)0;
        var value = new byte[6];
        BinaryPrimitives.WriteInt32BigEndian(value.AsSpan(2), coordinatorEpoch);
        return RecordBatch.Build(
            [new LogRecord(0, timestampMs, key, value)], producerId, producerEpoch, -1, BatchHeader.TransactionalFlag | BatchHeader.ControlFlag);
    }

    /// <summary>What a control batch says. False where it is no transaction's marker: other kinds, and the empty batch that compaction leaves.</summary>
    public static bool TryParseMarker(ReadOnlySpan<byte> batch, out bool isCommit, out int coordinatorEpoch)
    {
        isCommit = false;
        coordinatorEpoch = -1;
        var reader = new RecordReader(batch[BatchHeader.Size..]);
        if (!reader.TryRead(out var record) || record.KeyLength < 4)
        {
            return false;
        }

        var type = BinaryPrimitives.ReadInt16BigEndian(reader.Key(record)[2..]);
        if (type is not (0 or 1))
        {
            return false;
        }

        isCommit = type == 1;
        if (record.ValueLength >= 6)
        {
            coordinatorEpoch = BinaryPrimitives.ReadInt32BigEndian(reader.Value(record)[2..]);
        }

        return true;
    }
}
