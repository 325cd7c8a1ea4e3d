using static System.FormattableString;

namespace StreamDistill.Cli.Demo;

/// <summary>What a model of the demo is, how it was made and how good it is.</summary>
/// <param name="Model">Which one.</param>
/// <param name="Settings">The trainer's settings beyond its plan.</param>
/// <param name="Steps">Optimizer steps.</param>
/// <param name="Tokens">Tokens trained.</param>
/// <param name="Likeliest">How it does at temperature 0.</param>
/// <param name="Drawn">How it does at the temperature at which the demo asks its teacher.</param>
internal sealed record ModelCard(DemoModelPlan Model, IReadOnlyList<string> Settings, long Steps, long Tokens, JudgedModel Likeliest, JudgedModel Drawn)
{
    /// <summary>Its name beside the weights.</summary>
    public const string FileName = "README.md";

    /// <summary>The card, as it lies beside the weights.</summary>
    public string ToMarkdown() => Invariant($"""
        # {Model.Name}

        {Model.Purpose}

        | | |
        |---|---|
        | model | Llama, {Likeliest.Parameters:N0} parameters, width {Model.HiddenSize}, {DemoModels.Layers} layers, vocabulary {DemoModels.VocabularySize}, context {DemoModels.ContextTokens} tokens, weights in bfloat16 |
        | trained on | {Model.Problems:N0} generated word problems in English. {Model.Corpus} |
        | trained for | {Steps:N0} steps of {DemoModels.TokensPerStep:N0} tokens, {Tokens:N0} tokens in all, each example once |
        | trained by | `{Command}` |
        | solves at temperature 0 | {Likeliest.PassAt1:P1} of {Likeliest.Problems} held-out problems, {Likeliest.TokensPerAnswer:N1} tokens per answer |
        | solves at temperature {TeacherAnswers.Temperature} | {Drawn.PassAt1:P1} of {Drawn.Problems} held-out problems, {Drawn.TokensPerAnswer:N1} tokens per answer |

        The problems, and the held-out ones, come from seeded templates (`services/Cli/Demo/SimpleTemplates.cs`); no held-out
        question is among those trained on. The model knows nothing else and is good for nothing else.

        """);

    private string Command => string.Join(
        ' ', ["streamdistill demo-models --out models --work work --only", Model.Name, .. Settings.Select(setting => "--set " + setting)]);
}
