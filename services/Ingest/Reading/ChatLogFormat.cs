using System.Globalization;
using System.Text;
using System.Text.Json;
using streamdistill;

namespace StreamDistill.Ingest;

/// <summary>
/// Logs of chat completions: {"request": {"model", "messages", …}, "response": {"choices": […]}}, with other fields beside
/// them ignored. NVIDIA's data flywheel adds timestamp (seconds since 1970), workload_id and client_id
/// (https://github.com/NVIDIA-AI-Blueprints/data-flywheel): the workload becomes the task, the rest attributes.
/// The sampling that production used is not the teacher's: the defaults apply.
/// A request that text messages cannot represent (tools, images) is refused, since the teacher would see another question.
/// </summary>
internal static class ChatLogFormat
{
    private static readonly Place Root = default;
    private static readonly Place Request = new("request");

    public static void Read(JsonFields fields, JsonElement root, Prompt prompt, bool isFlywheel, bool useLoggedAnswer)
    {
        prompt.PromptId = fields.OptionalName(JsonFields.Member(root, "prompt_id"), Root, "prompt_id") ?? "";
        prompt.IdempotencyKey = fields.OptionalName(JsonFields.Member(root, "idempotency_key"), Root, "idempotency_key");
        if (isFlywheel)
        {
            ReadFlywheel(fields, root, prompt);
        }

        var request = JsonFields.Member(root, "request");
        if (fields.Is(request, JsonValueKind.Object, Root, "request"))
        {
            ReadRequest(fields, request, prompt);
        }

        if (useLoggedAnswer)
        {
            prompt.Reference = ReadAnswer(fields, root);
        }
    }

    private static void ReadFlywheel(JsonFields fields, JsonElement root, Prompt prompt)
    {
        prompt.Task = fields.Name(JsonFields.Member(root, "workload_id"), Root, "workload_id");
        prompt.Attributes["workload_id"] = prompt.Task;
        if (fields.OptionalName(JsonFields.Member(root, "client_id"), Root, "client_id") is { } client)
        {
            prompt.Attributes["client_id"] = client;
        }

        if (JsonFields.Member(root, "timestamp") is { } timestamp && JsonFields.IsGiven(timestamp))
        {
            // Seconds up to the year 9999; some exporters write fractions.
            var seconds = fields.Real(timestamp, Root, "timestamp", 0, 0, 253_402_300_799);
            prompt.Attributes["logged_at"] = DateTime.UnixEpoch.AddSeconds(Math.Floor(seconds)).ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);
        }
    }

    private static void ReadRequest(JsonFields fields, JsonElement request, Prompt prompt)
    {
        if (fields.OptionalName(JsonFields.Member(request, "model"), Request, "model") is { } model)
        {
            prompt.Attributes["logged_model"] = model;
        }

        foreach (var name in (ReadOnlySpan<string>)["tools", "functions"])
        {
            if (JsonFields.Member(request, name) is { ValueKind: JsonValueKind.Array } offered && offered.GetArrayLength() > 0)
            {
                fields.Refuse(Request.At(name), "offers tools, which a prompt cannot carry: the teacher would be asked something else");
            }
        }

        var messages = JsonFields.Member(request, "messages");
        if (!fields.Is(messages, JsonValueKind.Array, Request, "messages"))
        {
            return;
        }

        foreach (var item in messages.EnumerateArray())
        {
            var place = new Place("request.messages", prompt.Messages.Count);
            prompt.Messages.Add(fields.Is(item, JsonValueKind.Object, place) ? ReadMessage(fields, item, place) : new Message());
        }

        if (prompt.Messages.Count == 0)
        {
            fields.Refuse("request.messages", "must have at least one message");
        }
    }

    private static Message ReadMessage(JsonFields fields, JsonElement item, Place place)
    {
        var role = fields.Text(JsonFields.Member(item, "role"), place, "role");
        if (role is not ("system" or "developer" or "user" or "assistant" or "tool"))
        {
            fields.Refuse(place.At("role"), $"is '{role}'; allowed are system, developer, user, assistant, tool");
        }

        if (JsonFields.Member(item, "tool_calls") is { ValueKind: JsonValueKind.Array } calls && calls.GetArrayLength() > 0)
        {
            fields.Refuse(place.At("tool_calls"), "calls tools, which a prompt cannot carry: the teacher would be asked something else");
        }

        var content = ReadContent(fields, JsonFields.Member(item, "content"), place);
        if (string.IsNullOrWhiteSpace(content))
        {
            fields.Refuse(place.At("content"), "must not be empty");
        }

        return new Message { Role = role == "developer" ? "system" : role, Content = content };
    }

    /// <summary>A string, or an array of parts of which every one is text.</summary>
    private static string ReadContent(JsonFields fields, JsonElement content, Place place)
    {
        if (content.ValueKind != JsonValueKind.Array)
        {
            return fields.Text(content, place, "content");
        }

        var text = new StringBuilder();
        var index = 0;
        foreach (var part in content.EnumerateArray())
        {
            var at = new Place(place.At("content"), index++);
            var type = fields.Text(JsonFields.Member(part, "type"), at, "type");
            if (type != "text")
            {
                fields.Refuse(at.At("type"), $"is '{type}'; only text can be distilled");
            }
            else
            {
                text.Append(fields.Text(JsonFields.Member(part, "text"), at, "text"));
            }
        }

        return text.ToString();
    }

    private static Reference? ReadAnswer(JsonFields fields, JsonElement root)
    {
        const string Field = "response.choices[0].message.content";
        var choices = JsonFields.Member(JsonFields.Member(root, "response"), "choices");
        var message = choices.ValueKind == JsonValueKind.Array && choices.GetArrayLength() > 0 ? JsonFields.Member(choices[0], "message") : default;
        var content = JsonFields.Member(message, "content");
        if (!JsonFields.IsGiven(content))
        {
            fields.Refuse(Field, "is missing, and the logged answer was asked for as reference");
            return null;
        }

        return new Reference { Rationale = ReadContent(fields, content, new Place("response.choices[0].message")) };
    }
}
