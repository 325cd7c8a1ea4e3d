// A recording is a JSONL file in UTF-8, one JSON object a line; blank lines are skipped, fields not named here ignored.
//   prompt_id       required
//   content         the answer, which may begin with <think>…</think>; or
//   answer          the answer as it is; or
//   choices         those of an OpenAI-style response, at the top level or inside "response": one sample each
//   reasoning       or reasoning_content: the chain of thought, where it is not inline
//   model, revision who answered; default: Teach:Model, none
//   finish_reason   default: stop
//   usage           as in an OpenAI-style response; default: zeros
using System.Text.Json.Serialization;
using StreamDistill.Contracts;
using StreamDistill.Teach.OpenAi;

namespace StreamDistill.Teach.Recorded;

internal sealed record RecordedLine
{
    public string? PromptId { get; init; }

    public string? Model { get; init; }

    public string? Revision { get; init; }

    public string? Content { get; init; }

    public string? Answer { get; init; }

    public string? Reasoning { get; init; }

    public string? ReasoningContent { get; init; }

    public string? FinishReason { get; init; }

    public ChatUsage? Usage { get; init; }

    public IReadOnlyList<ChatChoice?>? Choices { get; init; }

    public ChatResponse? Response { get; init; }

    /// <summary>Reads a line. Throws <see cref="RecordingException"/> saying what is wrong with it.</summary>
    public static RecordedLine Parse(ReadOnlySpan<byte> utf8)
    {
        try
        {
            return System.Text.Json.JsonSerializer.Deserialize(utf8, RecordedJson.Default.RecordedLine) is { PromptId.Length: > 0 } line
                ? line
                : throw new RecordingException("it has no prompt_id");
        }
        catch (System.Text.Json.JsonException e)
        {
            var reason = e.Message.Split(" Path: ")[0].Split(" LineNumber: ")[0];
            throw new RecordingException($"it is not the JSON of a completion: {reason} (at byte {e.BytePositionInLine ?? 0} of the line{(e.Path is null or "$" ? "" : $", {e.Path}")})", e);
        }
    }

    /// <summary>The samples in the line, at least one. Throws <see cref="RecordingException"/>.</summary>
    public ChatAnswer Samples(bool keepSoftLabels)
    {
        try
        {
            if (Response is null && Choices is null)
            {
                ChatReader.RequirePlausible(Usage);
                return new ChatAnswer([OwnSample()], Usage, Revision, TimeSpan.Zero);
            }

            var reader = new ChatReader(int.MaxValue, keepSoftLabels, () => TimeSpan.Zero);
            reader.Add(Response ?? new ChatResponse { Choices = Choices, Usage = Usage });
            return reader.Finish();
        }
        catch (Exception e) when (e is TeacherCallException or TeacherReportedException)
        {
            throw new RecordingException($"it has no completion: {e.Message}", e);
        }
    }

    private ChatSample OwnSample()
    {
        var text = Answer ?? Content ?? throw new RecordingException("it has neither content nor answer, choices or response");
        var given = Reasoning ?? ReasoningContent;
        var (inline, answer) = Answer is null && given is null ? ThinkTags.Split(text) : (null, text);
        var finishReason = FinishReasons.Normalize(FinishReason ?? FinishReasons.Stop);
        return finishReason != FinishReasons.Error
            ? new ChatSample(given ?? inline, answer, finishReason, SoftLabels: null, FirstToken: null)
            : throw new RecordingException($"it has no completion: its finish_reason is {FinishReason}");
    }
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    RespectNullableAnnotations = true,
    NumberHandling = JsonNumberHandling.AllowReadingFromString | JsonNumberHandling.AllowNamedFloatingPointLiterals)]
[JsonSerializable(typeof(RecordedLine))]
internal sealed partial class RecordedJson : JsonSerializerContext;
