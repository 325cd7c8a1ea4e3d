using System.Text.Json;
using streamdistill;
using StreamDistill.Verification;

namespace StreamDistill.Ingest;

/// <summary>
/// StreamDistill's own format: the fields of schemas/Prompt.avsc that a submitter may set. A field that is not known is
/// refused, so that a misspelt one is not lost.
/// </summary>
internal static class OwnFormat
{
    private const int MaxSamples = 64;
    private const int MaxTokens = 1_000_000;
    private const int MaxTopLogprobs = 20;
    private const double MaxTemperature = 2;

    private static readonly string[] Roles = ["system", "user", "assistant", "tool"];

    public static void Read(JsonFields fields, JsonElement root, Prompt prompt)
    {
        var messages = default(JsonElement);
        foreach (var field in root.EnumerateObject())
        {
            if (field.Name == "messages")
            {
                messages = field.Value;
            }
            else
            {
                ReadField(fields, field.Name, field.Value, prompt);
            }
        }

        ReadMessages(fields, messages, prompt);
    }

    private static void ReadField(JsonFields fields, string name, JsonElement value, Prompt prompt)
    {
        var root = default(Place);
        switch (name)
        {
            case "prompt_id":
                prompt.PromptId = fields.OptionalName(value, root, name) ?? "";
                break;
            case "tenant":
                prompt.Tenant = fields.OptionalName(value, root, name) ?? "";
                break;
            case "task":
                prompt.Task = fields.OptionalName(value, root, name) ?? "";
                break;
            case "source":
                prompt.Source = fields.OptionalName(value, root, name) ?? "";
                break;
            case "idempotency_key":
                prompt.IdempotencyKey = fields.OptionalName(value, root, name);
                break;
            case "redaction_policy":
                prompt.RedactionPolicy = fields.OptionalName(value, root, name);
                break;
            case "reference":
                prompt.Reference = ReadReference(fields, value);
                break;
            case "verifiers":
                ReadVerifiers(fields, value, prompt);
                break;
            case "sampling":
                ReadSampling(fields, value, prompt.Sampling);
                break;
            case "attributes":
                prompt.Attributes = fields.Texts(value, root, name);
                break;
            default:
                fields.Refuse(name, "is not a field of a prompt; those are prompt_id, tenant, task, source, idempotency_key, messages, reference, verifiers, sampling, attributes and redaction_policy");
                break;
        }
    }

    private static void ReadMessages(JsonFields fields, JsonElement messages, Prompt prompt)
    {
        if (!fields.Is(messages, JsonValueKind.Array, default, "messages"))
        {
            return;
        }

        foreach (var item in messages.EnumerateArray())
        {
            var place = new Place("messages", prompt.Messages.Count);
            var message = new Message();
            prompt.Messages.Add(message);
            if (!fields.Is(item, JsonValueKind.Object, place))
            {
                return;
            }

            RefuseUnknown(fields, item, place, "role", "content");
            message.Role = fields.Text(JsonFields.Member(item, "role"), place, "role");
            message.Content = fields.Text(JsonFields.Member(item, "content"), place, "content");
            if (!Roles.Contains(message.Role))
            {
                fields.Refuse(place.At("role"), $"is '{message.Role}'; allowed are {string.Join(", ", Roles)}");
            }

            if (string.IsNullOrWhiteSpace(message.Content))
            {
                fields.Refuse(place.At("content"), "must not be empty");
            }
        }

        if (prompt.Messages.Count == 0)
        {
            fields.Refuse("messages", "must have at least one message");
        }
    }

    private static Reference? ReadReference(JsonFields fields, JsonElement value)
    {
        if (!JsonFields.IsGiven(value) || !fields.Is(value, JsonValueKind.Object, default, "reference"))
        {
            return null;
        }

        var place = new Place("reference");
        RefuseUnknown(fields, value, place, "answer", "rationale");
        return new Reference
        {
            Answer = fields.OptionalText(JsonFields.Member(value, "answer"), place, "answer"),
            Rationale = fields.OptionalText(JsonFields.Member(value, "rationale"), place, "rationale"),
        };
    }

    private static void ReadVerifiers(JsonFields fields, JsonElement value, Prompt prompt)
    {
        if (!JsonFields.IsGiven(value) || !fields.Is(value, JsonValueKind.Array, default, "verifiers"))
        {
            return;
        }

        foreach (var item in value.EnumerateArray())
        {
            var place = new Place("verifiers", prompt.Verifiers.Count);
            var spec = new VerifierSpec();
            prompt.Verifiers.Add(spec);
            if (!fields.Is(item, JsonValueKind.Object, place))
            {
                return;
            }

            RefuseUnknown(fields, item, place, "name", "parameters");
            spec.Name = fields.Name(JsonFields.Member(item, "name"), place, "name");
            spec.Parameters = fields.Texts(JsonFields.Member(item, "parameters"), place, "parameters");
            if (fields.Wrong is null && VerifierCatalog.Validate(spec) is { } wrong)
            {
                fields.Refuse(place.Self, wrong);
            }
        }
    }

    private static void ReadSampling(JsonFields fields, JsonElement value, Sampling sampling)
    {
        if (!JsonFields.IsGiven(value) || !fields.Is(value, JsonValueKind.Object, default, "sampling"))
        {
            return;
        }

        var place = new Place("sampling");
        RefuseUnknown(fields, value, place, "n", "temperature", "top_p", "max_tokens", "seed", "top_logprobs");
        sampling.N = (int)fields.Whole(JsonFields.Member(value, "n"), place, "n", sampling.N, 1, MaxSamples);
        sampling.Temperature = fields.Real(JsonFields.Member(value, "temperature"), place, "temperature", sampling.Temperature, 0, MaxTemperature);
        sampling.TopP = fields.Real(JsonFields.Member(value, "top_p"), place, "top_p", sampling.TopP, double.Epsilon, 1);
        sampling.MaxTokens = (int)fields.Whole(JsonFields.Member(value, "max_tokens"), place, "max_tokens", sampling.MaxTokens, 1, MaxTokens);
        sampling.TopLogprobs = (int)fields.Whole(JsonFields.Member(value, "top_logprobs"), place, "top_logprobs", sampling.TopLogprobs, 0, MaxTopLogprobs);
        if (JsonFields.Member(value, "seed") is { ValueKind: not (JsonValueKind.Undefined or JsonValueKind.Null) } seed)
        {
            sampling.Seed = fields.Whole(seed, place, "seed", 0, long.MinValue, long.MaxValue);
        }
    }

    private static void RefuseUnknown(JsonFields fields, JsonElement value, Place place, params ReadOnlySpan<string> known)
    {
        foreach (var field in value.EnumerateObject())
        {
            if (!known.Contains(field.Name))
            {
                fields.Refuse(place.At(field.Name), $"is not known here; allowed are {string.Join(", ", known)}");
            }
        }
    }
}
