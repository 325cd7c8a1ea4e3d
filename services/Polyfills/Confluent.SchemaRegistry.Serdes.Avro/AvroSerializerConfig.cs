namespace Confluent.SchemaRegistry.Serdes;

/// <summary>The settings of <see cref="AvroSerializer{T}" />.</summary>
public class AvroSerializerConfig : SerdeConfig
{
    /// <summary>The keys under which the settings are kept.</summary>
    public static class PropertyNames
    {
#pragma warning disable CS1591 // The properties of the enclosing class say what each key means.
        public const string BufferBytes = "avro.serializer.buffer.bytes";
        public const string AutoRegisterSchemas = "avro.serializer.auto.register.schemas";
        public const string NormalizeSchemas = "avro.serializer.normalize.schemas";
        public const string UseLatestVersion = "avro.serializer.use.latest.version";
        public const string SubjectNameStrategy = "avro.serializer.subject.name.strategy";
#pragma warning restore CS1591
    }

    /// <summary>Only defaults.</summary>
    public AvroSerializerConfig()
    {
    }

    /// <summary>The settings among the given properties.</summary>
    public AvroSerializerConfig(IEnumerable<KeyValuePair<string, string>> config)
        : base(config.ToDictionary(each => each.Key, each => each.Value))
    {
    }

    /// <summary>How many bytes the buffer has at first. Default 1024.</summary>
    public int? BufferBytes
    {
        get => GetInt(PropertyNames.BufferBytes);
        set => SetObject(PropertyNames.BufferBytes, value);
    }

    /// <summary>Whether a schema that the registry does not know is registered. Default true.</summary>
    public bool? AutoRegisterSchemas
    {
        get => GetBool(PropertyNames.AutoRegisterSchemas);
        set => SetObject(PropertyNames.AutoRegisterSchemas, value);
    }

    /// <summary>Whether the registry compares schemas without regard to their spelling. Default false.</summary>
    public bool? NormalizeSchemas
    {
        get => GetBool(PropertyNames.NormalizeSchemas);
        set => SetObject(PropertyNames.NormalizeSchemas, value);
    }

    /// <summary>Whether the subject's latest version is used in place of the datum's schema. Default false; not together with <see cref="AutoRegisterSchemas" />.</summary>
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
