using streamdistill;
using StreamDistill.Contracts;
using StreamDistill.Pipeline;

namespace StreamDistill.Teach;

/// <summary>Prompts in, completions out: all samples of a prompt's attempt are the outputs of one call, so one transaction.</summary>
public sealed class TeachStage(ITeacher teacher, TeachOptions options) : IStage<Prompt>
{
    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<Output>> ProcessAsync(IReadOnlyList<Input<Prompt>> unit, CancellationToken cancellationToken)
    {
        var outputs = new List<Output>();
        foreach (var prompt in unit.Select(input => input.Value))
        {
            RequireAnswerable(prompt);
            foreach (var completion in await teacher.SampleAsync(prompt, cancellationToken))
            {
                outputs.Add(new Output(Topics.Completions, prompt.PromptId, completion));
            }
        }

        return outputs;
    }

    private void RequireAnswerable(Prompt prompt)
    {
        if (prompt.Messages.Count == 0)
        {
            throw new UnprocessableRecordException("no_messages", $"Prompt {prompt.PromptId} has no messages: there is nothing to answer.");
        }

        if (prompt.Attempt < 1)
        {
            throw new UnprocessableRecordException("invalid_attempt", $"Prompt {prompt.PromptId} has attempt {prompt.Attempt}; attempts count from 1.");
        }

        if (prompt.Sampling.N < 1 || prompt.Sampling.N > options.MaxSamplesPerPrompt)
        {
            throw new UnprocessableRecordException(
                "invalid_sampling",
                $"Prompt {prompt.PromptId} asks for sampling.n = {prompt.Sampling.N}; allowed is 1 to {options.MaxSamplesPerPrompt} ({TeachOptions.Section}:{nameof(TeachOptions.MaxSamplesPerPrompt)}).");
        }

        if (prompt.Sampling.MaxTokens < 1)
        {
            throw new UnprocessableRecordException(
                "invalid_sampling", $"Prompt {prompt.PromptId} asks for sampling.max_tokens = {prompt.Sampling.MaxTokens}; allowed is 1 or more.");
        }
    }
}
