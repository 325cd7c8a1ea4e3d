using StreamDistill.Embedded.Broker.Protocol;

namespace StreamDistill.Embedded.Broker.Handlers;

/// <summary>The rule of Kafka's admin requests that each thing is named once: which of two orders counts, nobody could say.</summary>
internal static class NamedOnce
{
    /// <summary>Describes a topic.</summary>
    public static string Topic(string name) => $"The topic '{name}'";

    /// <summary>Answers each thing that a request names, in the request's order; one that is named again is refused, and answered once.</summary>
    /// <param name="response">Takes the array of answers.</param>
    /// <param name="asked">What the request wants, by thing.</param>
    /// <param name="name">What it is about.</param>
    /// <param name="describe">That, for the refusal.</param>
    /// <param name="act">Does what is wanted.</param>
    /// <param name="write">Writes what became of it.</param>
    public static void WriteEach<T, TName>(
        KafkaWriter response,
        List<T> asked,
        Func<T, TName> name,
        Func<TName, string> describe,
        Func<T, (ErrorCode Error, string? Message)> act,
        Action<KafkaWriter, T, (ErrorCode Error, string? Message)> write)
        where TName : notnull
    {
        var repeated = asked.CountBy(name).Where(n => n.Value > 1).Select(n => n.Key).ToHashSet();
        response.WriteArray(asked.DistinctBy(name).ToList(), (writer, one) => write(writer, one, repeated.Contains(name(one))
            ? (ErrorCode.InvalidRequest, $"{describe(name(one))} is in the request more than once.")
            : act(one)));
    }
}
