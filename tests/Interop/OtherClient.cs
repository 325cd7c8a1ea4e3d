namespace StreamDistill.Interop;

/// <summary>Another language's Kafka client.</summary>
/// <param name="Name">For test names and messages.</param>
/// <param name="Program">What runs its scripts.</param>
/// <param name="Reader">The script that prints a topic's records as JSON lines.</param>
/// <param name="Writer">The script that writes the JSON lines of its standard input.</param>
/// <param name="Probe">Arguments that succeed when everything it needs is installed.</param>
public sealed record OtherClient(string Name, string Program, string Reader, string Writer, string[] Probe)
    : OtherProgram(Name, Program, Probe)
{
    /// <summary>Debian's python3-kafka with every codec, and python3-avro; they belong to Debian's Python, whatever other Python is on PATH.</summary>
    public static OtherClient Python { get; } = new(
        "python", "/usr/bin/python3", "Python/read_topic.py", "Python/write_topic.py", ["-c", "import avro, kafka, lz4.frame, snappy, zstandard"]);

    /// <summary>npm's clients of Kafka and of the schema registry.</summary>
    public static OtherClient Node { get; } = new(
        "node", "node", "Node/read-topic.mjs", "Node/write-topic.mjs", ["--input-type=module", "-e", "import 'avsc'; import 'kafkajs'; import 'lz4js'; import '@platformatic/kafka'; import '@confluentinc/schemaregistry'"]);

    /// <summary>The client called so in a test's data.</summary>
    public static OtherClient Called(string name) => name == Python.Name ? Python : Node;
}
