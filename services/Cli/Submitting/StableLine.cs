using System.Text.Json;
using System.Text.Json.Nodes;
using StreamDistill.Contracts;

namespace StreamDistill.Cli.Submitting;

/// <summary>A line as it is sent.</summary>
internal static class StableLine
{
    /// <summary>
    /// The line with an idempotency key made of its content where it has neither prompt_id nor idempotency_key, so that the
    /// prompt is the same one each time its file is read. Logs (request and response) get their ids from Ingest, by content
    /// already; what is no JSON object is left for Ingest to refuse.
    /// </summary>
    public static JsonElementLine Of(JsonElementLine line)
    {
        try
        {
            if (JsonNode.Parse(line.Bytes!.Value.Span) is not JsonObject prompt || !prompt.ContainsKey("messages"))
            {
                return line;
            }

            if (prompt.ContainsKey("prompt_id") || prompt.ContainsKey("idempotency_key"))
            {
                return line;
            }

            prompt["idempotency_key"] = StableId.Of("line", prompt.ToJsonString());
            return line with { Bytes = JsonSerializer.SerializeToUtf8Bytes(prompt) };
        }
        catch (Exception e) when (e is JsonException or ArgumentException or InvalidOperationException)
        {
            // Malformed, or with a member twice: Ingest says what is wrong with it.
            return line;
        }
    }
}
