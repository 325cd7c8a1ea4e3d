using System.Text.Json;
using System.Text.Unicode;
using streamdistill;

namespace StreamDistill.Ingest;

/// <summary>Makes one line a prompt, or says what is wrong with it.</summary>
internal sealed class PromptParser(PromptReaderOptions options, TimeProvider time)
{
    private static readonly JsonDocumentOptions Strict = new()
    {
        AllowDuplicateProperties = false,
        AllowTrailingCommas = false,
        CommentHandling = JsonCommentHandling.Disallow,
        MaxDepth = 32,
    };

    public PromptLine Parse(in Element element)
    {
        var line = element.Line;
        if (element.Problem is { } problem)
        {
            return PromptLine.Of(problem);
        }

        var size = element.Bytes.Length;
        if (!Utf8.IsValid(element.Bytes.Span))
        {
            return PromptLine.Of(new Refusal(line, "$", RefusalCodes.Malformed, $"is not UTF-8: byte {InvalidAt(element.Bytes.Span)} is wrong"), size);
        }

        try
        {
            using var document = JsonDocument.Parse(element.Bytes, Strict);
            var fields = new JsonFields();
            var prompt = Read(fields, document.RootElement);
            return fields.Wrong is { } wrong
                ? PromptLine.Of(new Refusal(line, wrong.Field, RefusalCodes.Invalid, wrong.Reason), size)
                : PromptLine.Of(line, size, prompt);
        }
        catch (JsonException e)
        {
            return PromptLine.Of(new Refusal(line, "$", RefusalCodes.Malformed, "is not JSON: " + WithoutPosition(e)), size);
        }
        catch (InvalidOperationException)
        {
            return PromptLine.Of(new Refusal(line, "$", RefusalCodes.Malformed, "has a field name with half of a surrogate pair, which is not a character"), size);
        }
    }

    private Prompt Read(JsonFields fields, JsonElement root)
    {
        var prompt = new Prompt { Sampling = options.Sampling with { } };
        if (!fields.Is(root, JsonValueKind.Object, new Place("$")))
        {
            return prompt;
        }

        var format = options.Format == PromptFormat.Auto ? Recognise(root) : options.Format;
        if (format == PromptFormat.Prompt)
        {
            OwnFormat.Read(fields, root, prompt);
        }
        else
        {
            ChatLogFormat.Read(fields, root, prompt, isFlywheel: format == PromptFormat.Flywheel, options.UseLoggedAnswer);
        }

        Complete(fields, prompt, isLog: format != PromptFormat.Prompt);
        return prompt;
    }

    private static PromptFormat Recognise(JsonElement root)
    {
        if (root.TryGetProperty("messages", out _) || !root.TryGetProperty("request", out _))
        {
            return PromptFormat.Prompt;
        }

        return root.TryGetProperty("workload_id", out _) ? PromptFormat.Flywheel : PromptFormat.OpenAI;
    }

    private void Complete(JsonFields fields, Prompt prompt, bool isLog)
    {
        if (prompt.Tenant.Length == 0)
        {
            prompt.Tenant = options.Tenant;
        }
        else if (options.TenantIsFixed && prompt.Tenant != options.Tenant)
        {
            fields.Refuse("tenant", $"must be {options.Tenant}, the tenant of this key, or be left out");
        }

        if (prompt.Messages is [.., { Role: "assistant" }])
        {
            fields.Refuse(isLog ? "request.messages" : "messages", "must not end with a message of the assistant: the teacher answers the last message");
        }

        prompt.Task = prompt.Task.Length == 0 ? options.Task : prompt.Task;
        prompt.Source = prompt.Source.Length == 0 ? options.Source : prompt.Source;
        prompt.Attempt = 1;
        var now = time.GetUtcNow();
        prompt.SubmittedAt = new DateTime(now.Ticks - (now.Ticks % TimeSpan.TicksPerMillisecond), DateTimeKind.Utc);
        if (fields.Wrong is null && prompt.PromptId.Length == 0)
        {
            prompt.PromptId = prompt.IdempotencyKey is { } key ? PromptIdentity.OfKey(prompt.Tenant, key)
                : isLog || options.IdsFromContent ? PromptIdentity.OfContent(prompt)
                : Guid.CreateVersion7(now).ToString();
        }
    }

    private static int InvalidAt(ReadOnlySpan<byte> bytes)
    {
        var at = 0;
        while (System.Text.Rune.DecodeFromUtf8(bytes[at..], out _, out var length) == System.Buffers.OperationStatus.Done)
        {
            at += length;
        }

        return at;
    }

    /// <summary>The message with the position in words, counted from 0 as the other messages do.</summary>
    private static string WithoutPosition(JsonException e)
    {
        var end = e.Message.IndexOf(" LineNumber:", StringComparison.Ordinal);
        var text = (end < 0 ? e.Message : e.Message[..end]).TrimEnd('.', ' ');
        return e.BytePositionInLine is { } position ? $"{text} (byte {position})" : text;
    }
}
