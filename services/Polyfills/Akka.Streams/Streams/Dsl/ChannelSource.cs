using System.Threading.Channels;
using Akka.Streams.Internal;

namespace Akka.Streams.Dsl;

/// <summary>Makes sources of channels.</summary>
public static class ChannelSource
{
    /// <summary>
    /// Returns a source that reads the channel as fast as downstream asks. It ends when the channel does: with success, or with an
    /// <see cref="AggregateException"/> around the channel's failure.
    /// </summary>
    /// <exception cref="ArgumentNullException">The reader is null.</exception>
    public static Source<T, NotUsed> FromReader<T>(ChannelReader<T> reader)
    {
        ArgumentNullException.ThrowIfNull(reader);
        return new(island => (new ChannelStage<T>(island, reader).Out, NotUsed.Instance));
    }
}
