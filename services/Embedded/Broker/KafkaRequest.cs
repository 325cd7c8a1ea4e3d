using System.Buffers.Binary;
using System.Text;

namespace StreamDistill.Embedded.Broker;

/// <summary>The requests that the proxy looks into.</summary>
internal enum MockApiKey : short
{
    Fetch = 1,
    Metadata = 3,
    OffsetCommit = 8,
    FindCoordinator = 10,
    InitProducerId = 22,
    EndTxn = 26,
    TxnOffsetCommit = 28,
}

/// <summary>TxnOffsetCommit: where a group is to go on once the transaction commits.</summary>
internal sealed record TransactionOffsetCommit(string TransactionalId, string GroupId, int GenerationId, string MemberId, IReadOnlyList<(string Topic, int Partition, long Offset)> Offsets);

/// <summary>EndTxn.</summary>
internal readonly record struct EndOfTransaction(string TransactionalId, bool Committed);

/// <summary>
/// A request's header: api_key INT16, api_version INT16, correlation_id INT32, client_id NULLABLE_STRING, and in flexible
/// versions tagged fields (kafka.apache.org/protocol).
/// </summary>
internal readonly record struct KafkaRequest(MockApiKey ApiKey, short ApiVersion, int CorrelationId, int HeaderLength)
{
    private const int FetchWaitMsMax = 20;

    private bool IsFlexible => ApiKey switch
    {
        MockApiKey.Fetch => ApiVersion >= 12,
        MockApiKey.InitProducerId => ApiVersion >= 2,
        MockApiKey.TxnOffsetCommit or MockApiKey.EndTxn => ApiVersion >= 3,
        _ => false,
    };

    /// <exception cref="InvalidDataException">The frame is too short for a header.</exception>
    public static KafkaRequest Read(ReadOnlyMemory<byte> body)
    {
        var reader = new RequestReader(body.Span);
        var request = new KafkaRequest((MockApiKey)reader.Int16(), reader.Int16(), reader.Int32(), 0);
        reader.String(compact: false);
        if (request.IsFlexible)
        {
            reader.Tags();
        }

        return request with { HeaderLength = reader.Position };
    }

    /// <summary>Fetch: replica_id INT32 (to version 14), max_wait_ms INT32, ...</summary>
    public void ShortenFetch(Memory<byte> body)
    {
        var maxWaitAt = HeaderLength + (ApiVersion <= 14 ? sizeof(int) : 0);
        if (maxWaitAt + sizeof(int) <= body.Length)
        {
            var maxWait = body.Span.Slice(maxWaitAt, sizeof(int));
            BinaryPrimitives.WriteInt32BigEndian(maxWait, Math.Min(FetchWaitMsMax, BinaryPrimitives.ReadInt32BigEndian(maxWait)));
        }
    }

    /// <summary>InitProducerId: transactional_id NULLABLE_STRING, ...</summary>
    public string? ReadTransactionalId(ReadOnlyMemory<byte> body) => new RequestReader(body.Span[HeaderLength..]).String(IsFlexible);

    /// <summary>EndTxn: transactional_id STRING, producer_id INT64, producer_epoch INT16, committed BOOLEAN.</summary>
    public EndOfTransaction ReadEndOfTransaction(ReadOnlyMemory<byte> body)
    {
        var reader = new RequestReader(body.Span[HeaderLength..]);
        var transactionalId = reader.String(IsFlexible) ?? "";
        reader.Int64();
        reader.Int16();
        return new EndOfTransaction(transactionalId, reader.Byte() != 0);
    }

    /// <summary>
    /// TxnOffsetCommit: transactional_id STRING, group_id STRING, producer_id INT64, producer_epoch INT16, (from version 3:
    /// generation_id INT32, member_id STRING, group_instance_id NULLABLE_STRING), topics [name STRING, partitions
    /// [index INT32, offset INT64, (from version 2) leader_epoch INT32, metadata NULLABLE_STRING]].
    /// </summary>
    public TransactionOffsetCommit ReadTransactionOffsets(ReadOnlyMemory<byte> body)
    {
        var reader = new RequestReader(body.Span[HeaderLength..]);
        var transactionalId = reader.String(IsFlexible) ?? "";
        var groupId = reader.String(IsFlexible) ?? "";
        reader.Int64();
        reader.Int16();
        var (generationId, memberId) = (-1, "");
        if (ApiVersion >= 3)
        {
            (generationId, memberId) = (reader.Int32(), reader.String(IsFlexible) ?? "");
            reader.String(IsFlexible);
        }

        var offsets = new List<(string, int, long)>();
        for (var topics = reader.ArrayLength(IsFlexible); topics > 0; topics--)
        {
            var topic = reader.String(IsFlexible) ?? "";
            for (var partitions = reader.ArrayLength(IsFlexible); partitions > 0; partitions--)
            {
                offsets.Add((topic, reader.Int32(), reader.Int64()));
                if (ApiVersion >= 2)
                {
                    reader.Int32();
                }

                reader.String(IsFlexible);
                if (IsFlexible)
                {
                    reader.Tags();
                }
            }

            if (IsFlexible)
            {
                reader.Tags();
            }
        }

        return new TransactionOffsetCommit(transactionalId, groupId, generationId, memberId, offsets);
    }

    /// <summary>
    /// Writes a whole OffsetCommit version 7, frame length included: header, then group_id STRING, generation_id INT32,
    /// member_id STRING, group_instance_id NULLABLE_STRING, topics [name STRING, partitions [index INT32, offset INT64,
    /// leader_epoch INT32, metadata NULLABLE_STRING]].
    /// </summary>
    public static byte[] OffsetCommit(int correlationId, TransactionOffsetCommit commit)
    {
        using var bytes = new MemoryStream();
        WriteInt32(bytes, 0);
        WriteInt16(bytes, (short)MockApiKey.OffsetCommit);
        WriteInt16(bytes, 7);
        WriteInt32(bytes, correlationId);
        WriteString(bytes, "streamdistill-broker");
        WriteString(bytes, commit.GroupId);
        WriteInt32(bytes, commit.GenerationId);
        WriteString(bytes, commit.MemberId);
        WriteInt16(bytes, -1);
        WriteInt32(bytes, commit.Offsets.Count);
        foreach (var (topic, partition, offset) in commit.Offsets)
        {
            WriteString(bytes, topic);
            WriteInt32(bytes, 1);
            WriteInt32(bytes, partition);
            WriteInt64(bytes, offset);
            WriteInt32(bytes, -1);
            WriteInt16(bytes, -1);
        }

        var frame = bytes.ToArray();
        BinaryPrimitives.WriteInt32BigEndian(frame, frame.Length - sizeof(int));
        return frame;
    }

    private static void WriteInt16(MemoryStream bytes, short value)
    {
        Span<byte> raw = stackalloc byte[sizeof(short)];
        BinaryPrimitives.WriteInt16BigEndian(raw, value);
        bytes.Write(raw);
    }

    private static void WriteInt32(MemoryStream bytes, int value)
    {
        Span<byte> raw = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32BigEndian(raw, value);
        bytes.Write(raw);
    }

    private static void WriteInt64(MemoryStream bytes, long value)
    {
        Span<byte> raw = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64BigEndian(raw, value);
        bytes.Write(raw);
    }

    private static void WriteString(MemoryStream bytes, string value)
    {
        var raw = Encoding.UTF8.GetBytes(value);
        WriteInt16(bytes, checked((short)raw.Length));
        bytes.Write(raw);
    }
}
