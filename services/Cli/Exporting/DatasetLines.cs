using System.Text.Json;
using streamdistill;
using StreamDistill.Cli.Kafka;

namespace StreamDistill.Cli.Exporting;

/// <summary>
/// The lines of the dataset's files. Every line of a file has the same keys, so that a table can be made of it; what
/// not every example has comes after them, where there is any. None holds a time, a duration or an offset: the same inputs give
/// the same bytes.
/// </summary>
internal static class DatasetLines
{
    /// <summary>curated.jsonl: the conversational format that TRL and most trainers read, with the ids beside it.</summary>
    public static void Curated(Utf8JsonWriter json, TrainingExample example)
    {
        json.WriteStartArray("messages");
        foreach (var message in example.Messages)
        {
            json.WriteStartObject();
            json.WriteString("role", message.Role);
            json.WriteString("content", message.Content);
            json.WriteEndObject();
        }

        json.WriteStartObject();
        json.WriteString("role", "assistant");
        json.WriteString("content", example.Answer);
        json.WriteString("reasoning_content", example.Reasoning);
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteString("example_id", example.ExampleId);
        json.WriteString("prompt_id", example.PromptId);
        json.WriteString("completion_id", example.CompletionId);
        json.WriteString("tenant", example.Tenant);
        json.WriteString("task", example.Task);
        json.WriteString("kind", example.Kind.ToString());
        json.WriteString("split", example.Split.ToString());
        json.WriteNumber("weight", example.Weight);
        json.WriteString("reference_answer", example.Reference?.Answer);
        json.WriteString("content_hash", example.ContentHash);
        Teacher(json, example.Teacher);
        json.WriteStartArray("verifiers");
        foreach (var verifier in example.Verifiers)
        {
            json.WriteStringValue(verifier);
        }

        json.WriteEndArray();
        json.WriteString("policy_hash", example.PolicyHash);
        json.WriteString("reference_rationale", example.Reference?.Rationale);
        Checks(json, example.Checks);
        SoftLabels(json, example.SoftLabels);
    }

    /// <summary>verified.jsonl and rejected.jsonl.</summary>
    public static void Verdict(Utf8JsonWriter json, Verdict verdict)
    {
        var completion = verdict.Completion;
        json.WriteString("completion_id", completion.CompletionId);
        json.WriteString("prompt_id", completion.Prompt.PromptId);
        json.WriteString("tenant", completion.Prompt.Tenant);
        json.WriteString("task", completion.Prompt.Task);
        json.WriteNumber("attempt", completion.Prompt.Attempt);
        json.WriteNumber("sample_index", completion.SampleIndex);
        json.WriteNumber("sample_count", completion.SampleCount);
        json.WriteString("outcome", verdict.Outcome.ToString());
        json.WriteStartArray("reason_codes");
        foreach (var code in ReasonCodes(verdict))
        {
            json.WriteStringValue(code);
        }

        json.WriteEndArray();
        json.WriteStartArray("checks");
        foreach (var check in verdict.Checks)
        {
            json.WriteStartObject();
            json.WriteString("verifier", check.Verifier);
            json.WriteString("version", check.Version);
            json.WriteString("outcome", check.Outcome.ToString());
            json.WriteString("reason_code", check.ReasonCode);
            json.WriteString("detail", check.Detail);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteString("extracted_answer", verdict.ExtractedAnswer);
        json.WriteString("reference_answer", completion.Prompt.Reference?.Answer);
        json.WriteString("reasoning", completion.Reasoning);
        json.WriteString("answer", completion.Answer);
        json.WriteString("finish_reason", completion.FinishReason);
        json.WriteString("error_code", completion.Error?.Code);
        json.WriteString("error_message", completion.Error?.Message);
        Teacher(json, completion.Teacher);
        json.WriteNumber("prompt_tokens", completion.Usage.PromptTokens);
        json.WriteNumber("completion_tokens", completion.Usage.CompletionTokens);
        json.WriteNumber("reasoning_tokens", completion.Usage.ReasoningTokens);
        json.WriteNumber("cost_micros", completion.CostMicros);
        json.WriteString("cost_currency", completion.CostCurrency);
        json.WriteString("policy_hash", verdict.PolicyHash);
    }

    /// <summary>Why a verdict is what it is: the reasons of the checks that decided, or the teacher's error.</summary>
    public static IEnumerable<string> ReasonCodes(Verdict verdict)
    {
        var codes = verdict.Checks.Where(check => check.Outcome == verdict.Outcome).Select(check => check.ReasonCode).Distinct(StringComparer.Ordinal).ToList();
        return codes.Count == 0 && verdict.Completion.Error is { } error ? [error.Code] : codes;
    }

    /// <summary>deadletters.jsonl: the bytes as they were read, and why nobody could process them.</summary>
    public static void DeadLetter(Utf8JsonWriter json, DeadLetter letter)
    {
        json.WriteString("topic", letter.Topic);
        json.WriteString("source", letter.Source);
        json.WriteString("service", letter.Service);
        json.WriteString("reason_code", letter.ReasonCode);
        json.WriteString("message", letter.Message);
        json.WriteString("exception", letter.Exception);
        json.WriteString("key", letter.Key);
        if (letter.Value is { } value)
        {
            json.WriteBase64String("value_base64", value);
        }
        else
        {
            json.WriteNull("value_base64");
        }
    }

    /// <summary>As prompts.jsonl has verifiers.</summary>
    private static void Checks(Utf8JsonWriter json, IEnumerable<VerifierSpec> checks)
    {
        json.WriteStartArray("checks");
        foreach (var check in checks)
        {
            json.WriteStartObject();
            json.WriteString("name", check.Name);
            json.WriteStartObject("parameters");
            foreach (var (name, value) in check.Parameters.OrderBy(parameter => parameter.Key, StringComparer.Ordinal))
            {
                json.WriteString(name, value);
            }

            json.WriteEndObject();
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void SoftLabels(Utf8JsonWriter json, IEnumerable<SoftLabel>? labels)
    {
        if (labels is null)
        {
            json.WriteNull("soft_labels");
            return;
        }

        json.WriteStartArray("soft_labels");
        foreach (var label in labels)
        {
            json.WriteStartObject();
            json.WriteString("token", label.Token);
            json.WriteNumber("logprob", Finite(label.Logprob));
            json.WriteStartArray("top");
            foreach (var other in label.Top)
            {
                json.WriteStartObject();
                json.WriteString("token", other.Token);
                json.WriteNumber("logprob", Finite(other.Logprob));
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    /// <summary>JSON has no infinities: the logprob of what a teacher holds impossible is the lowest number.</summary>
    private static float Finite(float logprob) => float.IsFinite(logprob) ? logprob : float.MinValue;

    private static void Teacher(Utf8JsonWriter json, Teacher teacher)
    {
        json.WriteStartObject("teacher");
        json.WriteString("provider", teacher.Provider);
        json.WriteString("model", teacher.Model);
        json.WriteString("revision", teacher.Revision);
        json.WriteString("licence", teacher.Licence);
        json.WriteEndObject();
    }
}
