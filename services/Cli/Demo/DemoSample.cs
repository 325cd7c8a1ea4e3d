using System.Text.Json;

namespace StreamDistill.Cli.Demo;

/// <summary>What a sample holds.</summary>
/// <param name="Prompts">Lines of prompts.jsonl.</param>
/// <param name="Completions">Lines of completions.jsonl.</param>
/// <param name="WrongCompletions">How many of them are wrong, and labelled so.</param>
public sealed record DemoSampleCounts(int Prompts, long Completions, long WrongCompletions);

/// <summary>
/// The project's own sample: grade-school word problems and some short general tasks, with reference answers, and the
/// recorded completions of a made-up teacher, of which a given share is wrong. Everything follows from the seed.
/// </summary>
public static class DemoSample
{
    /// <summary>The questions, in the format that Ingest reads.</summary>
    public const string PromptsFile = "prompts.jsonl";

    /// <summary>The answers, in the format of the recorded teacher: prompt_id, model, content, is_correct.</summary>
    public const string CompletionsFile = "completions.jsonl";

    /// <summary>The share of wrong completions unless told otherwise.</summary>
    public const double DefaultWrongShare = 0.35;

    // Every tenth prompt is a general task; every 25th asks again what one a little earlier asked.
    private const int GeneralEvery = 10, GeneralAt = 6, RepeatEvery = 25, RepeatBack = 8;

    /// <summary>Writes prompts.jsonl and completions.jsonl into a directory, which is made where it is missing; files of that name are replaced.</summary>
    /// <param name="directory">Where to.</param>
    /// <param name="prompts">How many, 1 or more.</param>
    /// <param name="samplesPerPrompt">Completions per prompt, 1 to 64.</param>
    /// <param name="wrongShare">0 to 1; the number of wrong completions is this share of all, rounded to the nearest.</param>
    /// <param name="seed">Another seed gives another sample; the same seed gives the same bytes.</param>
    /// <returns>What was written.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A number is outside of what is allowed.</exception>
    /// <exception cref="IOException">The files cannot be written.</exception>
    public static DemoSampleCounts Write(string directory, int prompts, int samplesPerPrompt, double wrongShare = DefaultWrongShare, int seed = 1)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(prompts, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(samplesPerPrompt, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(samplesPerPrompt, 64);
        if (wrongShare is not (>= 0 and <= 1))
        {
            throw new ArgumentOutOfRangeException(nameof(wrongShare), wrongShare, "The share of wrong completions is from 0 to 1.");
        }

        Directory.CreateDirectory(directory);
        using var promptLines = new JsonLinesFile(Path.Combine(directory, PromptsFile));
        using var completionLines = new JsonLinesFile(Path.Combine(directory, CompletionsFile));
        var completions = (long)prompts * samplesPerPrompt;
        var wrong = (long)Math.Round(completions * wrongShare, MidpointRounding.AwayFromZero);
        var (completionsLeft, wrongLeft) = (completions, wrong);
        for (var i = 0; i < prompts; i++)
        {
            var id = $"demo-{i:D6}";
            var item = ItemOf(seed, i);
            promptLines.Write(json => WritePrompt(json, id, samplesPerPrompt, item));
            var random = new DemoRandom(seed, i, 1);
            for (var sample = 0; sample < samplesPerPrompt; sample++)
            {
                // Each subset of that size is equally likely (Knuth, TAOCP 2, 3.4.2, algorithm S).
                var isWrong = random.NextShare() * completionsLeft < wrongLeft;
                completionsLeft--;
                wrongLeft -= isWrong ? 1 : 0;
                var content = item.Answer(isWrong, random);
                var model = $"demo-teacher-{sample + 1}";
                completionLines.Write(json =>
                {
                    json.WriteString("prompt_id", id);
                    json.WriteString("model", model);
                    json.WriteString("content", content);
                    json.WriteBoolean("is_correct", !isWrong);
                });
            }
        }

        return new(prompts, completions, wrong);
    }

    private static Item ItemOf(int seed, int index)
    {
        var asked = index % RepeatEvery == RepeatEvery - 1 ? index - RepeatBack : index;
        var random = new DemoRandom(seed, asked, 0);
        return asked % GeneralEvery == GeneralAt ? new Item(null, GeneralTask.Create(random)) : new Item(WordProblem.Create(random), null);
    }

    private static void WritePrompt(Utf8JsonWriter json, string id, int samples, Item item)
    {
        json.WriteString("prompt_id", id);
        json.WriteString("task", item.General?.Task ?? "math");
        json.WriteStartArray("messages");
        json.WriteStartObject();
        json.WriteString("role", "user");
        json.WriteString("content", item.General?.Question ?? item.Problem!.Question);
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteStartObject("reference");
        json.WriteString("answer", item.General?.Answer ?? Step.Write(item.Problem!.Solve().Answer));
        if (item.Problem is not null)
        {
            json.WriteString("rationale", Wording.Reference(item.Problem));
        }

        json.WriteEndObject();
        if (item.General is not null)
        {
            WriteVerifiers(json, item.General);
        }

        json.WriteStartObject("sampling");
        json.WriteNumber("n", samples);
        json.WriteEndObject();
    }

    private static void WriteVerifiers(Utf8JsonWriter json, GeneralTask task)
    {
        json.WriteStartArray("verifiers");
        foreach (var (name, parameters) in task.Verifiers)
        {
            json.WriteStartObject();
            json.WriteString("name", name);
            json.WriteStartObject("parameters");
            foreach (var (key, value) in parameters)
            {
                json.WriteString(key, value);
            }

            json.WriteEndObject();
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    /// <summary>One of the two kinds of question.</summary>
    private sealed record Item(WordProblem? Problem, GeneralTask? General)
    {
        public string Answer(bool wrong, DemoRandom random) => General is not null
            ? wrong ? random.Pick(General.WrongAnswers) : General.Answer
            : Wording.Completion(Problem!, wrong ? Problem!.SolveWrongly(random) : Problem!.Solve(), random);
    }
}
