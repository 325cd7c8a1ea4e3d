namespace StreamDistill.Student;

/// <summary>
/// How a conversation is written as tokens: ChatML, as Qwen2 and SmolLM2 have it, or Llama 3's headers, whichever's special
/// tokens the vocabulary has. Roles and contents are encoded as text: special tokens that people write in them control nothing.
/// </summary>
public sealed class ChatTemplate
{
    private readonly StudentTokenizer _tokenizer;
    private readonly int[] _beginOfConversation;
    private readonly int _beginOfTurn;
    private readonly int? _endOfRole;
    private readonly string _afterRole;
    private readonly IReadOnlyList<int> _afterTurn;

    private ChatTemplate(StudentTokenizer tokenizer, string beginOfTurn, string? endOfRole, string afterRole, string endOfTurn, string afterTurn, string jinja)
    {
        _tokenizer = tokenizer;
        _beginOfConversation = tokenizer.BeginOfText is { } begin ? [begin] : [];
        _beginOfTurn = tokenizer.SpecialTokens[beginOfTurn];
        _endOfRole = endOfRole is null ? null : tokenizer.SpecialTokens[endOfRole];
        _afterRole = afterRole;
        EndOfTurn = tokenizer.SpecialTokens[endOfTurn];
        _afterTurn = tokenizer.Encode(afterTurn);
        Jinja = (_beginOfConversation.Length > 0 ? "{{ bos_token }}" : "") + jinja;
    }

    /// <summary>The token that ends each turn; the student stops with it.</summary>
    public int EndOfTurn { get; }

    /// <summary>The same template in the language of tokenizer_config.json, for what serves the student elsewhere.</summary>
    public string Jinja { get; }

    /// <summary>The tokens of a conversation.</summary>
    /// <param name="messages">Who said what, in order.</param>
    /// <param name="addGenerationPrompt">Whether the head of the assistant's next turn follows: what the student continues.</param>
    public IReadOnlyList<int> Encode(IEnumerable<(string Role, string Content)> messages, bool addGenerationPrompt)
    {
        List<int> ids = [.. _beginOfConversation];
        foreach (var (role, content) in messages)
        {
            AddHead(ids, role, content);
            ids.Add(EndOfTurn);
            ids.AddRange(_afterTurn);
        }

        if (addGenerationPrompt)
        {
            AddHead(ids, "assistant", "");
        }

        return ids;
    }

    /// <summary>The tokens that a student is to say after a generation prompt: the answer, then <see cref="EndOfTurn"/>.</summary>
    public IReadOnlyList<int> EncodeAnswer(string answer) => [.. _tokenizer.Encode(answer), EndOfTurn];

    /// <summary>The template that the special tokens are of; null for none that is known.</summary>
    internal static ChatTemplate? Of(StudentTokenizer tokenizer)
    {
        if (Has("<|im_start|>", "<|im_end|>"))
        {
            return new(
                tokenizer, "<|im_start|>", endOfRole: null, "\n", "<|im_end|>", "\n",
                @"{% for message in messages %}{{ '<|im_start|>' + message['role'] + '\n' + message['content'] + '<|im_end|>' + '\n' }}{% endfor %}"
                + @"{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}");
        }

        if (Has("<|start_header_id|>", "<|end_header_id|>", "<|eot_id|>"))
        {
            return new(
                tokenizer, "<|start_header_id|>", "<|end_header_id|>", "\n\n", "<|eot_id|>", "",
                @"{% for message in messages %}{{ '<|start_header_id|>' + message['role'] + '<|end_header_id|>\n\n' + message['content'] + '<|eot_id|>' }}{% endfor %}"
                + @"{% if add_generation_prompt %}{{ '<|start_header_id|>assistant<|end_header_id|>\n\n' }}{% endif %}");
        }

        return null;

        bool Has(params string[] tokens) => tokens.All(tokenizer.SpecialTokens.ContainsKey);
    }

    /// <summary>A turn up to its content's end. What is between two special tokens is encoded as one text, as templates are.</summary>
    private void AddHead(List<int> ids, string role, string content)
    {
        ids.Add(_beginOfTurn);
        if (_endOfRole is not { } endOfRole)
        {
            ids.AddRange(_tokenizer.Encode(role + _afterRole + content));
            return;
        }

        ids.AddRange(_tokenizer.Encode(role));
        ids.Add(endOfRole);
        ids.AddRange(_tokenizer.Encode(_afterRole + content));
    }
}
