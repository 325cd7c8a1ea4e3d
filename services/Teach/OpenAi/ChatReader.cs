using System.Text;
using streamdistill;
using StreamDistill.Contracts;

namespace StreamDistill.Teach.OpenAi;

/// <summary>Puts the choices of one call together, from a whole response or from the events of a streamed one.</summary>
/// <param name="choicesMax">Choices kept; an endpoint may send more than were asked for.</param>
/// <param name="keepSoftLabels">Whether logprobs become soft labels.</param>
/// <param name="elapsed">The time since the request was sent.</param>
internal sealed class ChatReader(int choicesMax, bool keepSoftLabels, Func<TimeSpan> elapsed)
{
    private const long TokensMax = 1_000_000_000;

    private readonly SortedDictionary<int, Choice> choices = [];
    private ChatUsage? usage;
    private string? fingerprint;
    private string? model;
    private bool isStream;
    private bool isDone;

    /// <summary>The stream said that it is over.</summary>
    public void Done() => isDone = true;

    /// <summary>Adds a response, or the next event. Throws <see cref="TeacherReportedException"/> where it holds an error.</summary>
    public void Add(ChatResponse? response)
    {
        if (response?.Error is { } error && error.ValueKind != System.Text.Json.JsonValueKind.Null)
        {
            throw TeacherReportedException.Of(error);
        }

        model ??= response?.Model;
        fingerprint ??= response?.SystemFingerprint;
        usage = response?.Usage ?? usage;
        var position = 0;
        foreach (var part in response?.Choices ?? [])
        {
            if (part is not null)
            {
                // llama.cpp and others number every choice 0 where the response is not streamed.
                Add(part, part.Delta is null ? position : part.Index);
            }

            position++;
        }
    }

    /// <summary>The answer. Throws <see cref="TeacherCallException"/> where not one choice is whole.</summary>
    public ChatAnswer Finish()
    {
        var whole = choices.Values
            .Where(choice => choice.FinishReason is not null || isDone || !isStream)
            .Select(choice => choice.ToSample(keepSoftLabels))
            .Where(sample => sample.FinishReason != FinishReasons.Error)
            .ToList();
        if (whole.Count == 0)
        {
            throw choices.Values.FirstOrDefault(choice => choice.FinishReason is not null) is { } broken
                ? new TeacherCallException(ErrorCodes.Unavailable, $"the teacher broke off with finish_reason {broken.FinishReason}", isTransient: true) { MayBeBilled = true }
                : new TeacherCallException(ErrorCodes.BadResponse, choices.Count == 0 ? "the response has no choices" : "the stream ended before the answer did", isTransient: true) { MayBeBilled = true };
        }

        RequirePlausible(usage);
        return new ChatAnswer(whole, usage, fingerprint ?? model, elapsed());
    }

    private void Add(ChatChoice part, int index)
    {
        if (index < 0 || index >= choicesMax)
        {
            return;
        }

        if (!choices.TryGetValue(index, out var choice))
        {
            choices.Add(index, choice = new Choice());
        }

        isStream |= part.Delta is not null;
        choice.FinishReason = part.FinishReason ?? choice.FinishReason;
        choice.Logprobs.AddRange(part.Logprobs?.Content ?? []);
        if ((part.Delta ?? part.Message) is not { } message)
        {
            return;
        }

        choice.Content.Append(message.Content);
        choice.Reasoning.Append(string.IsNullOrEmpty(message.ReasoningContent) ? message.Reasoning : message.ReasoningContent);
        choice.Refusal.Append(message.Refusal);
        if (part.Delta is not null && choice.FirstToken is null && choice.Content.Length + choice.Reasoning.Length > 0)
        {
            choice.FirstToken = elapsed();
        }
    }

    /// <summary>Throws <see cref="TeacherCallException"/> for numbers of tokens that cannot be.</summary>
    public static void RequirePlausible(ChatUsage? usage)
    {
        if (usage is not null && new[] { usage.PromptTokens ?? 0, usage.CompletionTokens ?? 0, usage.CachedTokens, usage.ReasoningTokens }.Any(tokens => tokens is < 0 or > TokensMax))
        {
            throw new TeacherCallException(ErrorCodes.BadResponse, $"the response's usage is not between 0 and {TokensMax} tokens", isTransient: false) { MayBeBilled = true };
        }
    }

    private sealed class Choice
    {
        public StringBuilder Content { get; } = new();

        public StringBuilder Reasoning { get; } = new();

        public StringBuilder Refusal { get; } = new();

        public List<ChatTokenLogprob> Logprobs { get; } = [];

        public string? FinishReason { get; set; }

        public TimeSpan? FirstToken { get; set; }

        public ChatSample ToSample(bool keepSoftLabels)
        {
            var softLabels = keepSoftLabels && Logprobs.Count > 0 ? SoftLabels() : null;
            if (Content.Length == 0 && Refusal.Length > 0)
            {
                return new ChatSample(null, Refusal.ToString(), FinishReasons.ContentFilter, softLabels, FirstToken);
            }

            var content = Content.ToString();
            var (reasoning, answer) = Reasoning.Length > 0 ? (Reasoning.ToString(), content) : ThinkTags.Split(content);
            return new ChatSample(reasoning, answer, FinishReasons.Normalize(FinishReason), softLabels, FirstToken);
        }

        private List<SoftLabel> SoftLabels() => [.. Logprobs.Select(token => new SoftLabel
        {
            Token = token.Token,
            Logprob = (float)token.Logprob,
            Top = [.. (token.TopLogprobs ?? []).Select(top => new TopLogprob { Token = top.Token, Logprob = (float)top.Logprob })],
        })];
    }
}
