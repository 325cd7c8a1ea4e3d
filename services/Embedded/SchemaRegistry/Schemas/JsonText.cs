using System.Text.Json;

namespace StreamDistill.Embedded.SchemaRegistry.Schemas;

/// <summary>What the JSON parser leaves unchecked.</summary>
internal static class JsonText
{
    /// <summary>Whether every name and string can be decoded: half a surrogate pair, escaped, is valid JSON but no text.</summary>
    public static bool IsUnicode(JsonElement json)
    {
        try
        {
            Decode(json);
            return true;
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }

    private static void Decode(JsonElement json)
    {
        switch (json.ValueKind)
        {
            case JsonValueKind.String:
                json.GetString();
                break;
            case JsonValueKind.Array:
                foreach (var item in json.EnumerateArray())
                {
                    Decode(item);
                }

                break;
            case JsonValueKind.Object:
                foreach (var property in json.EnumerateObject())
                {
                    _ = property.Name;
                    Decode(property.Value);
                }

                break;
        }
    }
}
