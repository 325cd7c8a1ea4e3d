using StreamDistill.Embedded.Broker.Protocol;

namespace StreamDistill.Embedded.Tests.Broker.Network;

/// <summary>
/// What the requests look like (https://kafka.apache.org/protocol), written down apart from the broker's decoders so that both are
/// tested. A layout holds from its version on, until the next:
/// b INT8, h INT16, i INT32, l INT64, u UUID, s STRING, n NULLABLE_STRING, y BYTES, [..] an array of structures, &lt;..&gt; an array
/// of values, ?[..] and ?&lt;..&gt; arrays that may be null.
/// </summary>
internal static class RequestLayouts
{
    private static readonly int[] Integers = [0, 0, 1, 1, 2, 5, -1, 1000, int.MaxValue, int.MinValue];
    private static readonly string[] Strings = ["a", "b", "group", "transaction", "consumer", "range", "", "__consumer_offsets", "no such", "é"];

    private static readonly Dictionary<ApiKey, (short From, string Layout)[]> All = new()
    {
        [ApiKey.Produce] = [(3, "nhi[s[iy]]")],
        [ApiKey.Fetch] =
        [
            (4, "iiiib[s[ili]]"), (5, "iiiib[s[illi]]"), (7, "iiiibii[s[illi]][s<i>]"), (9, "iiiibii[s[iilli]][s<i>]"), (11, "iiiibii[s[iilli]][s<i>]s"),
            (12, "iiiibii[s[iilili]][s<i>]s"), (13, "iiiibii[u[iilili]][u<i>]s"), (15, "iiibii[u[iilili]][u<i>]s"),
        ],
        [ApiKey.ListOffsets] = [(1, "i[s[il]]"), (2, "ib[s[il]]"), (4, "ib[s[iil]]"), (10, "ib[s[iil]]i")],
        [ApiKey.Metadata] = [(0, "[s]"), (1, "?[s]"), (4, "?[s]b"), (8, "?[s]bbb"), (10, "?[un]bbb"), (11, "?[un]bb")],
        [ApiKey.OffsetCommit] = [(2, "sisl[s[iln]]"), (5, "sis[s[iln]]"), (6, "sis[s[ilin]]"), (7, "sisn[s[ilin]]")],
        [ApiKey.OffsetFetch] = [(1, "s[s<i>]"), (2, "s?[s<i>]"), (7, "s?[s<i>]b"), (8, "[s?[s<i>]]b"), (9, "[sni?[s<i>]]b")],
        [ApiKey.FindCoordinator] = [(0, "s"), (1, "sb"), (4, "b<s>")],
        [ApiKey.JoinGroup] = [(0, "siss[sy]"), (1, "siiss[sy]"), (5, "siisns[sy]"), (8, "siisns[sy]n")],
        [ApiKey.Heartbeat] = [(0, "sis"), (3, "sisn")],
        [ApiKey.LeaveGroup] = [(0, "ss"), (3, "s[sn]"), (5, "s[snn]")],
        [ApiKey.SyncGroup] = [(0, "sis[sy]"), (3, "sisn[sy]"), (5, "sisnnn[sy]")],
        [ApiKey.DescribeGroups] = [(0, "<s>"), (3, "<s>b")],
        [ApiKey.ListGroups] = [(0, ""), (4, "<s>"), (5, "<s><s>")],
        [ApiKey.SaslHandshake] = [(0, "s")],
        [ApiKey.ApiVersions] = [(0, ""), (3, "ss")],
        [ApiKey.CreateTopics] = [(2, "[sih[i<i>][sn]]ib")],
        [ApiKey.DeleteTopics] = [(1, "<s>i"), (6, "[nu]i")],
        [ApiKey.DeleteRecords] = [(0, "[s[il]]i")],
        [ApiKey.InitProducerId] = [(0, "ni"), (3, "nilh")],
        [ApiKey.OffsetForLeaderEpoch] = [(2, "[s[iii]]"), (3, "i[s[iii]]")],
        [ApiKey.AddPartitionsToTxn] = [(0, "slh[s<i>]")],
        [ApiKey.AddOffsetsToTxn] = [(0, "slhs")],
        [ApiKey.EndTxn] = [(0, "slhb")],
        [ApiKey.WriteTxnMarkers] = [(0, "[lhb[s<i>]i]")],
        [ApiKey.TxnOffsetCommit] = [(0, "sslh[s[iln]]"), (2, "sslh[s[ilin]]"), (3, "sslhisn[s[ilin]]")],
        [ApiKey.DescribeConfigs] = [(1, "[bs?<s>]b"), (3, "[bs?<s>]bb")],
        [ApiKey.AlterConfigs] = [(0, "[bs[sn]]b")],
        [ApiKey.DescribeLogDirs] = [(1, "?[s<i>]")],
        [ApiKey.SaslAuthenticate] = [(0, "y")],
        [ApiKey.CreatePartitions] = [(0, "[si?[<i>]]ib")],
        [ApiKey.DeleteGroups] = [(0, "<s>")],
        [ApiKey.IncrementalAlterConfigs] = [(0, "[bs[sbn]]b")],
        [ApiKey.OffsetDelete] = [(0, "s[s[i]]")],
        [ApiKey.DescribeCluster] = [(0, "b"), (1, "bb")],
        [ApiKey.DescribeProducers] = [(0, "[s<i>]")],
        [ApiKey.DescribeTransactions] = [(0, "<s>")],
        [ApiKey.ListTransactions] = [(0, "<s><l>"), (1, "<s><l>l")],
    };

    public static IReadOnlyCollection<ApiKey> Keys => All.Keys;

    /// <summary>Writes a request's body with values chosen at random.</summary>
    /// <param name="body">Takes it; flexible where the version is.</param>
    /// <param name="key">Which request.</param>
    /// <param name="version">Its version.</param>
    /// <param name="random">Chooses.</param>
    /// <param name="bytes">Gives the value of a field of bytes.</param>
    public static void Write(KafkaWriter body, ApiKey key, short version, Random random, Func<byte[]> bytes)
    {
        var layout = All[key].Last(each => each.From <= version).Layout;
        WriteStructure(body, layout, random, bytes);
    }

    private static void WriteStructure(KafkaWriter body, ReadOnlySpan<char> layout, Random random, Func<byte[]> bytes)
    {
        while (!layout.IsEmpty)
        {
            var mayBeNull = layout[0] == '?';
            layout = mayBeNull ? layout[1..] : layout;
            var length = layout[0] is '[' or '<' ? LengthOf(layout) : 1;
            if (length == 1)
            {
                WriteValue(body, layout[0], random, bytes);
            }
            else
            {
                WriteArray(body, layout[..length], mayBeNull && random.Next(4) == 0, random, bytes);
            }

            layout = layout[length..];
        }

        body.WriteNoTags();
    }

    private static void WriteArray(KafkaWriter body, ReadOnlySpan<char> layout, bool isNull, Random random, Func<byte[]> bytes)
    {
        var count = isNull ? -1 : random.Next(4);
        body.WriteArrayLength(count);
        for (var i = 0; i < count; i++)
        {
            if (layout[0] == '[')
            {
                WriteStructure(body, layout[1..^1], random, bytes);
            }
            else
            {
                WriteValue(body, layout[1], random, bytes);
            }
        }
    }

    private static void WriteValue(KafkaWriter body, char type, Random random, Func<byte[]> bytes)
    {
        var integer = Integers[random.Next(Integers.Length)];
        switch (type)
        {
            case 'b':
                // The only INT8 of Fetch and ListOffsets is the isolation level.
                body.WriteInt8((sbyte)random.Next(2));
                break;
            case 'h':
                body.WriteInt16((short)integer);
                break;
            case 'i':
                body.WriteInt32(integer);
                break;
            case 'l':
                body.WriteInt64(integer);
                break;
            case 'u':
                body.WriteUuid(random.Next(2) == 0 ? Guid.Empty : Guid.NewGuid());
                break;
            case 'n' when random.Next(3) == 0:
                body.WriteString(null);
                break;
            case 's' or 'n':
                body.WriteString(Strings[random.Next(Strings.Length)]);
                break;
            case 'y':
                body.WriteBytes(bytes());
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(type), type, "is no type");
        }
    }

    private static int LengthOf(ReadOnlySpan<char> layout)
    {
        var (depth, i) = (0, 0);
        do
        {
            depth += layout[i] is '[' or '<' ? 1 : layout[i] is ']' or '>' ? -1 : 0;
            i++;
        }
        while (depth > 0);
        return i;
    }
}
