using System.Buffers;
using Microsoft.Win32.SafeHandles;
using streamdistill;
using StreamDistill.Contracts;
using StreamDistill.Pipeline;
using StreamDistill.Teach.OpenAi;

namespace StreamDistill.Teach.Recorded;

/// <summary>
/// Completions made earlier, from a JSONL file (see <see cref="RecordedLine"/>). Attempt a of a prompt with n samples has
/// the recorded samples (a - 1) · n to a · n - 1, in the file's order.
/// </summary>
internal sealed class RecordedTeacher : ITeacher, IDisposable
{
    /// <summary>The value of teacher.provider.</summary>
    public const string Provider = "recorded";

    private readonly TeachOptions options;
    private readonly TimeProvider time;
    private readonly SafeFileHandle file;
    private readonly RecordedIndex index;

    private RecordedTeacher(TeachOptions options, TimeProvider time, SafeFileHandle file, RecordedIndex index)
    {
        this.options = options;
        this.time = time;
        this.file = file;
        this.index = index;
    }

    /// <summary>Samples of all prompts.</summary>
    public int Count => index.Count;

    /// <summary>Reads the whole file once, to know where each prompt's samples are and that all of them can be used.</summary>
    /// <exception cref="ConfigurationException">The file cannot be read, or has a line that cannot be used.</exception>
    public static RecordedTeacher Open(TeachOptions options, TimeProvider time)
    {
        var path = options.RecordedPath!;
        SafeFileHandle? file = null;
        try
        {
            file = File.OpenHandle(path, options: FileOptions.Asynchronous);
            return new RecordedTeacher(options, time, file, RecordedIndex.Build(file, path));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or StreamDistillException)
        {
            file?.Dispose();
            throw new ConfigurationException($"{TeachOptions.Section}:{nameof(TeachOptions.Teacher)} is '{options.Teacher}'. {e.Message}", e);
        }
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<Completion>> SampleAsync(Prompt prompt, CancellationToken cancellationToken)
    {
        var wanted = prompt.Sampling.N;
        var found = index.Find(prompt.PromptId, (prompt.Attempt - 1L) * wanted, wanted);
        if (found.Count == 0)
        {
            return [Start(prompt, 0, 1, model: null, revision: null).Failed(
                ErrorCodes.NotRecorded, $"{options.RecordedPath} has no completion of prompt {prompt.PromptId} for attempt {prompt.Attempt} with {wanted} samples")];
        }

        var completions = new List<Completion>(found.Count);
        foreach (var entry in found)
        {
            completions.Add(await ReadAsync(prompt, entry, completions.Count, found.Count, cancellationToken));
        }

        return completions;
    }

    /// <summary>Closes the file.</summary>
    public void Dispose() => file.Dispose();

    private async Task<Completion> ReadAsync(Prompt prompt, RecordedIndex.Entry entry, int sampleIndex, int sampleCount, CancellationToken cancellationToken)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(entry.Length);
        try
        {
            var read = await RandomAccess.ReadAsync(file, buffer.AsMemory(0, entry.Length), entry.Offset, cancellationToken);
            var line = RecordedLine.Parse(buffer.AsSpan(0, read));
            var samples = line.Samples(prompt.Sampling.TopLogprobs > 0);
            if (line.PromptId != prompt.PromptId || entry.Choice >= samples.Choices.Count)
            {
                throw new RecordingException("another line stands there now");
            }

            return Complete(Start(prompt, sampleIndex, sampleCount, line.Model ?? line.Response?.Model, line.Revision ?? line.Response?.SystemFingerprint), samples, entry.Choice);
        }
        catch (Exception e) when (e is RecordingException or IOException)
        {
            return Start(prompt, sampleIndex, sampleCount, model: null, revision: null).Failed(
                ErrorCodes.BadResponse, $"{options.RecordedPath} has changed since it was opened, at byte {entry.Offset}: {e.Message}");
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static Completion Complete(Completion start, ChatAnswer samples, int choice)
    {
        var sample = samples.Choices[choice];
        var even = Enumerable.Repeat(1L, samples.Choices.Count).ToArray();
        return start with
        {
            Reasoning = sample.Reasoning,
            Answer = sample.Answer,
            FinishReason = sample.FinishReason,
            SoftLabels = sample.SoftLabels,
            Usage = new Usage
            {
                PromptTokens = Shares.Of(samples.Usage?.PromptTokens ?? 0, even)[choice],
                CompletionTokens = Shares.Of(samples.Usage?.CompletionTokens ?? 0, [.. samples.Choices.Select(each => each.Length)])[choice],
                ReasoningTokens = Shares.Of(samples.Usage?.ReasoningTokens ?? 0, even)[choice],
            },
        };
    }

    private Completion Start(Prompt prompt, int sampleIndex, int sampleCount, string? model, string? revision) => NewCompletion.Of(
        prompt,
        sampleIndex,
        sampleCount,
        new Teacher { Provider = Provider, Model = model ?? options.Model ?? Provider, Revision = revision, Licence = options.Licence },
        time);
}
