namespace Confluent.SchemaRegistry.Serdes;

/// <summary>The settings of <see cref="AvroDeserializer{T}" />.</summary>
public class AvroDeserializerConfig : SerdeConfig
{
    /// <summary>The keys under which the settings are kept.</summary>
    public static class PropertyNames
    {
#pragma warning disable CS1591 // The properties of the enclosing class say what each key means.
        public const string UseLatestVersion = "avro.deserializer.use.latest.version";
        public const string SubjectNameStrategy = "avro.deserializer.subject.name.strategy";
#pragma warning restore CS1591
    }

    /// <summary>Only defaults.</summary>
    public AvroDeserializerConfig()
    {
    }

    /// <summary>The settings among the given properties.</summary>
    public AvroDeserializerConfig(IEnumerable<KeyValuePair<string, string>> config)
        : base(config.ToDictionary(each => each.Key, each => each.Value))
    {
    }

    /// <summary>Whether generic records are read with the subject's latest version in place of the writer's. Default false.</summary>
    public bool? UseLatestVersion
    {
        get => GetBool(PropertyNames.UseLatestVersion);
        set => SetObject(PropertyNames.UseLatestVersion, value);
    }

    /// <summary>How subjects are named. Default <see cref="Confluent.SchemaRegistry.SubjectNameStrategy.Associated" />.</summary>
    public SubjectNameStrategy? SubjectNameStrategy
    {
        get => (SubjectNameStrategy?)GetEnum(typeof(SubjectNameStrategy), PropertyNames.SubjectNameStrategy);
        set => SetObject(PropertyNames.SubjectNameStrategy, value);
    }
}
