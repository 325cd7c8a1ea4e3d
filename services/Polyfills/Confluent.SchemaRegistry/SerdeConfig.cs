using Confluent.Kafka;

namespace Confluent.SchemaRegistry;

/// <summary>The base of serializer and deserializer settings.</summary>
public class SerdeConfig : Config
{
    /// <summary>No settings.</summary>
    public SerdeConfig()
    {
    }

    /// <summary>A copy of other settings.</summary>
    public SerdeConfig(SerdeConfig config)
        : base(config)
    {
    }

    /// <summary>The given settings, not copied.</summary>
    public SerdeConfig(IDictionary<string, string> config)
        : base(config)
    {
    }
}
