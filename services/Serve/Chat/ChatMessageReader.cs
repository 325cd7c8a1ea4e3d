using System.Text.Json;

namespace StreamDistill.Serve;

/// <summary>Reads the messages of a request: text alone, as a string or as parts.</summary>
internal static class ChatMessageReader
{
    /// <summary>Role (system, user, assistant) and text of each. A developer message is a system message, as for OpenAI's older models.</summary>
    /// <exception cref="ApiException">A message is no text message.</exception>
    public static IReadOnlyList<(string Role, string Content)> Read(RequestField field)
    {
        List<(string Role, string Content)> messages = [.. field.Items().Select(ReadMessage)];
        return messages.Count > 0 ? messages : throw ApiException.Invalid("messages", "is empty: give at least one message.");
    }

    private static (string Role, string Content) ReadMessage(RequestField message)
    {
        string? role = null;
        string? content = null;
        foreach (var member in message.Members())
        {
            var name = member.Name[(message.Name.Length + 1)..];
            switch (name)
            {
                case "role":
                    role = ReadRole(member);
                    break;
                case "content":
                    content = ReadContent(member);
                    break;
                default:
                    RefuseUnlessEmpty(member);
                    break;
            }
        }

        return (
            role ?? throw ApiException.Invalid($"{message.Name}.role", "is missing; allowed are system, developer, user and assistant."),
            content ?? throw ApiException.Invalid($"{message.Name}.content", "is missing; it must be a string, or an array of text parts."));
    }

    private static string ReadRole(RequestField field) => field.Text() switch
    {
        "system" or "developer" => "system",
        "user" => "user",
        "assistant" => "assistant",
        var other => throw ApiException.Invalid(field.Name, $"is '{other}'; allowed are system, developer, user and assistant."),
    };

    private static string ReadContent(RequestField field) => field.Value.ValueKind == JsonValueKind.String ? field.Text() : string.Concat(field.Items().Select(ReadPart));

    private static string ReadPart(RequestField part)
    {
        var members = part.Members().ToDictionary(member => member.Name[(part.Name.Length + 1)..]);
        if (!members.TryGetValue("type", out var type) || type.Text() != "text")
        {
            throw ApiException.Unsupported($"{part.Name}.type", "must be 'text': this model reads no other parts.");
        }

        return members.TryGetValue("text", out var text) ? text.Text() : throw ApiException.Invalid($"{part.Name}.text", "is missing; it must be a string.");
    }

    /// <summary>Answers are sent back as they came, with fields that say nothing.</summary>
    private static void RefuseUnlessEmpty(RequestField field)
    {
        if (field.Value.ValueKind != JsonValueKind.Array || field.Value.GetArrayLength() > 0)
        {
            throw ApiException.Unsupported(field.Name, "is not supported by this server; leave it out.");
        }
    }
}
