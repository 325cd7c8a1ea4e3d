using System.Globalization;
using System.Text.Json;

namespace StreamDistill.Teach.OpenAi;

/// <summary>An error object in a response: {"error": {"message", "type", "code"}}, or {"error": "text"}.</summary>
internal sealed class TeacherReportedException(int? status, string? code, string message) : Exception(message)
{
    /// <summary>The code where it is an HTTP status, as OpenRouter and vLLM give it.</summary>
    public int? Status { get; } = status;

    /// <summary>The code where it is a word.</summary>
    public string? Code { get; } = code;

    /// <summary>Reads the object, whatever its shape.</summary>
    public static TeacherReportedException Of(JsonElement error)
    {
        if (error.ValueKind != JsonValueKind.Object)
        {
            return new TeacherReportedException(null, null, error.ValueKind == JsonValueKind.String ? error.GetString()! : error.GetRawText());
        }

        var message = error.TryGetProperty("message", out var text) && text.ValueKind == JsonValueKind.String ? text.GetString()! : error.GetRawText();
        var code = error.TryGetProperty("code", out var value) ? value.ToString() : null;
        return int.TryParse(code, NumberStyles.None, CultureInfo.InvariantCulture, out var status) && status is >= 400 and < 600
            ? new TeacherReportedException(status, null, message)
            : new TeacherReportedException(null, code, message);
    }
}
