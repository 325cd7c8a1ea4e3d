using System.Text.Json;
using StreamDistill.Contracts;

namespace StreamDistill.Student;

/// <summary>The fields of a JSON object in a file; every error names the file and the field. A field that is null counts as absent.</summary>
internal sealed class JsonFields
{
    private readonly string path;
    private readonly string prefix;
    private readonly JsonElement root;

    public JsonFields(string path, JsonElement root, string prefix = "")
    {
        this.path = path;
        this.root = root;
        this.prefix = prefix;
        if (root.ValueKind != JsonValueKind.Object)
        {
            throw new StreamDistillException($"{path}: {(prefix.Length == 0 ? "the file" : prefix.TrimEnd('.'))} is not a JSON object.");
        }
    }

    public StreamDistillException Refusal(string name, string reason) => new($"{path}: {prefix}{name}: {reason}.");

    public bool Has(string name) => root.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null;

    public string Text(string name) => Value(name, JsonValueKind.String, "a text").GetString()!;

    public bool Flag(string name, bool absent = false) => !Has(name)
        ? absent
        : root.GetProperty(name).ValueKind switch
        {
            JsonValueKind.True => true,
            JsonValueKind.False => false,
            _ => throw Refusal(name, "must be true or false"),
        };

    public double Number(string name, double? absent = null) =>
        absent is { } value && !Has(name) ? value : Value(name, JsonValueKind.Number, "a number").GetDouble();

    public double Positive(string name, double? absent = null)
    {
        var number = Number(name, absent);
        return number > 0 && double.IsFinite(number) ? number : throw Refusal(name, $"{number} must be above 0");
    }

    public int Size(string name, int? absent = null)
    {
        if (absent is { } value && !Has(name))
        {
            return value;
        }

        return Value(name, JsonValueKind.Number, "a number").TryGetInt32(out var size) && size > 0
            ? size
            : throw Refusal(name, $"{root.GetProperty(name).GetRawText()} must be a whole number above 0");
    }

    /// <summary>A number, or an array of them.</summary>
    public int[] Ids(string name)
    {
        var value = root.GetProperty(name);
        var items = value.ValueKind == JsonValueKind.Array ? value.EnumerateArray().ToArray() : [value];
        return [.. items.Select(item => item.ValueKind == JsonValueKind.Number && item.TryGetInt32(out var id) && id >= 0
            ? id
            : throw Refusal(name, $"{item.GetRawText()} is no token id"))];
    }

    public IReadOnlyList<string> Texts(string name) =>
        [.. Value(name, JsonValueKind.Array, "an array").EnumerateArray().Select(item =>
            item.ValueKind == JsonValueKind.String ? item.GetString()! : throw Refusal(name, "must be texts"))];

    public JsonFields Object(string name) => new(path, Value(name, JsonValueKind.Object, "an object"), prefix + name + ".");

    public IEnumerable<string> Names => root.EnumerateObject().Select(property => property.Name);

    public IReadOnlyDictionary<string, JsonElement> Except(IReadOnlySet<string> names) => root.EnumerateObject()
        .Where(property => !names.Contains(property.Name))
        .DistinctBy(property => property.Name)
        .ToDictionary(property => property.Name, property => root.GetProperty(property.Name).Clone());

    private JsonElement Value(string name, JsonValueKind kind, string what) =>
        root.TryGetProperty(name, out var value) && value.ValueKind == kind ? value : throw Refusal(name, $"must be given, as {what}");
}
