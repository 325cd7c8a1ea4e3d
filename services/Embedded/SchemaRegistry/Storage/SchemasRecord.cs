using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace StreamDistill.Embedded.SchemaRegistry.Storage;

/// <summary>
/// The records of the topic _schemas, as Confluent's registry writes and reads them: key and value are JSON, the topic is
/// compacted, and a record without a value takes back what its key stands for.
/// <code>
/// {"keytype":"SCHEMA","subject":S,"version":V,"magic":1}   {"subject":S,"version":V,"id":I,"references":[…],"schema":"…","deleted":false}
/// {"keytype":"DELETE_SUBJECT","subject":S,"magic":0}       {"subject":S,"version":V}: hides the versions 1 to V
/// {"keytype":"CONFIG","subject":S,"magic":0}               {"subject":S,"compatibilityLevel":"FULL"}
/// {"keytype":"MODE","subject":S,"magic":0}                 {"subject":S,"mode":"READWRITE"}
/// {"keytype":"NOOP","magic":0}                             {"nextId":I}
/// </code>
/// The subject of the whole registry's level and mode is null. "references" stands only where there are some. Confluent's
/// registry never looks at the value of a NOOP; here it keeps ids from being given twice, once compaction has removed the
/// last trace of the schema that had the highest.
/// </summary>
internal static class SchemasRecord
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>A change as a record.</summary>
    public static (byte[] Key, byte[]? Value) Of(Change change) => change switch
    {
        VersionPut { Version: var version } => (SchemaKey(version.Subject, version.Version), Json(json => WriteVersion(json, version))),
        VersionForgotten forgotten => (SchemaKey(forgotten.Subject, forgotten.Version), null),
        SubjectHidden hidden => (SubjectKey("DELETE_SUBJECT", hidden.Subject), Json(json =>
        {
            json.WriteString("subject", hidden.Subject);
            json.WriteNumber("version", hidden.UpToVersion);
        })),
        LevelSet set => (SubjectKey("CONFIG", set.Subject), set.Level is { } level ? Setting(set.Subject, "compatibilityLevel", level.Name()) : null),
        ModeSet set => (SubjectKey("MODE", set.Subject), set.Mode is { } mode ? Setting(set.Subject, "mode", mode.Name()) : null),
        IdsGiven given => (
            Json(json =>
            {
                json.WriteString("keytype", "NOOP");
                json.WriteNumber("magic", 0);
            }),
            Json(json => json.WriteNumber("nextId", given.NextId))),
        _ => throw new ArgumentOutOfRangeException(nameof(change), change, "It has no record."),
    };

    /// <summary>The change that a record stands for; null where it stands for none.</summary>
    /// <exception cref="InvalidDataException">The record is not one that this registry knows.</exception>
    public static Change? Read(byte[]? key, byte[]? value)
    {
        try
        {
            using var parsedKey = JsonDocument.Parse(key ?? throw new InvalidDataException("it has no key"));
            using var parsedValue = value is null ? null : JsonDocument.Parse(value);
            return Read(parsedKey.RootElement, parsedValue?.RootElement);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or KeyNotFoundException or FormatException or RegistryException)
        {
            throw new InvalidDataException(e.Message, e);
        }
    }

    private static Change? Read(JsonElement key, JsonElement? value)
    {
        switch (key.GetProperty("keytype").GetString())
        {
            case "SCHEMA":
                var (subject, version) = (SubjectOf(key), key.GetProperty("version").GetInt32());
                return value is { } schema ? new VersionPut(VersionOf(subject, version, schema)) : new VersionForgotten(subject, version);
            case "DELETE_SUBJECT":
                return value is { } hidden ? new SubjectHidden(SubjectOf(key), hidden.GetProperty("version").GetInt32()) : null;
            case "CONFIG":
                return new LevelSet(SubjectOf(key), TextOf(value, "compatibilityLevel") is { } level ? LevelNames.Parse(level) : null);
            case "MODE":
                return new ModeSet(SubjectOf(key), TextOf(value, "mode") is { } mode ? ModeNames.Parse(mode) : null);
            case "NOOP":
                return value is { ValueKind: JsonValueKind.Object } noop && noop.TryGetProperty("nextId", out var nextId) ? new IdsGiven(nextId.GetInt32()) : null;
            case var other:
                throw new InvalidDataException($"its key type '{other}' is not known here");
        }
    }

    private static SchemaVersion VersionOf(string subject, int version, JsonElement value)
    {
        if (TextOf(value, "schemaType") is { } type and not "AVRO")
        {
            throw new InvalidDataException($"its schema type '{type}' is not supported here, only AVRO");
        }

        var references = value.TryGetProperty("references", out var array) && array.ValueKind == JsonValueKind.Array
            ? array.EnumerateArray().Select(each => new Reference(
                each.GetProperty("name").GetString()!, each.GetProperty("subject").GetString()!, each.GetProperty("version").GetInt32())).ToList()
            : [];
        var isDeleted = value.TryGetProperty("deleted", out var deleted) && deleted.GetBoolean();
        var text = TextOf(value, "schema") ?? throw new InvalidDataException("it has no schema");
        return new SchemaVersion(subject, version, value.GetProperty("id").GetInt32(), new SchemaContent(text, references), isDeleted);
    }

    private static string SubjectOf(JsonElement key) => TextOf(key, "subject") ?? SubjectStore.AllSubjects;

    private static string? TextOf(JsonElement? json, string name) =>
        json is { } there && there.TryGetProperty(name, out var text) ? text.GetString() : null;

    private static byte[] SchemaKey(string subject, int version) => Json(json =>
    {
        json.WriteString("keytype", "SCHEMA");
        json.WriteString("subject", subject);
        json.WriteNumber("version", version);
        json.WriteNumber("magic", 1);
    });

    private static byte[] SubjectKey(string type, string subject) => Json(json =>
    {
        json.WriteString("keytype", type);
        WriteSubject(json, subject);
        json.WriteNumber("magic", 0);
    });

    private static byte[] Setting(string subject, string name, string value) => Json(json =>
    {
        WriteSubject(json, subject);
        json.WriteString(name, value);
    });

    private static void WriteSubject(Utf8JsonWriter json, string subject) =>
        json.WriteString("subject", subject == SubjectStore.AllSubjects ? null : subject);

    private static void WriteVersion(Utf8JsonWriter json, SchemaVersion version)
    {
        json.WriteString("subject", version.Subject);
        json.WriteNumber("version", version.Version);
        json.WriteNumber("id", version.Id);
        if (version.Content.References.Count > 0)
        {
            Api.Answers.WriteReferences(json, version.Content.References);
        }

        json.WriteString("schema", version.Content.Text);
        json.WriteBoolean("deleted", version.IsDeleted);
    }

    private static byte[] Json(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, Options))
        {
            json.WriteStartObject();
            write(json);
            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }
}
