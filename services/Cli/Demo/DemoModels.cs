using StreamDistill.Cli.Commands;
using StreamDistill.Cli.Training;
using StreamDistill.Student;
using static TorchSharp.torch;

namespace StreamDistill.Cli.Demo;

/// <summary>A model of the demo, and how it is made.</summary>
/// <param name="Name">Its directory's name.</param>
/// <param name="Purpose">What it is, in a sentence.</param>
/// <param name="HiddenSize">Width of the residual stream.</param>
/// <param name="IntermediateSize">Width of the SwiGLU layers.</param>
/// <param name="Problems">Problems that its corpus is made from.</param>
/// <param name="Corpus">What the corpus is, in a sentence.</param>
/// <param name="Add">Writes the corpus.</param>
internal sealed record DemoModelPlan(string Name, string Purpose, int HiddenSize, int IntermediateSize, int Problems, string Corpus, Action<JsonLinesFile, int, int> Add);

/// <summary>
/// The neural teacher and the base student that come with the project, for the simple word problems. Both are small Llama
/// models of one tokenizer, so that the teacher's soft labels are over the student's tokens.
/// </summary>
internal static class DemoModels
{
    public const int VocabularySize = 512, Layers = 4, ContextTokens = 512, TokensPerStep = 2048;
    private const int HeadSize = 32, TokenizerProblems = 5_000, HeldOutProblems = 200;

    // Seeds of their own: the demo's and the study's prompts come from small seeds.
    private const int CorpusSeed = 1_000_001, HeldOutSeed = 1_000_002, JudgedSeed = 1_000_003, JudgedProblems = 500;

    /// <summary>Solves most of the problems, and not all.</summary>
    public static readonly DemoModelPlan Teacher = new(
        "teacher",
        "The teacher of StreamDistill's demo: it solves generated word problems step by step, and is wrong often enough that its answers have to be verified.",
        192,
        512,
        30_000,
        "Each problem with a right solution.",
        DemoCorpus.AddSolutions);

    /// <summary>Knows the problems' language, and cannot solve them.</summary>
    public static readonly DemoModelPlan Base = new(
        "base",
        "The student of StreamDistill's demo before it has learnt from the teacher: it knows how the problems are worded and how to calculate, but not what a problem has to do with its solution.",
        128,
        384,
        16_000,
        "Each problem to write, to repeat, and calculations that belong to no problem. No problem with its solution.",
        DemoCorpus.AddLanguage);

    /// <summary>The models that are part of the program.</summary>
    public static string Included => Path.Combine(AppContext.BaseDirectory, "models");

    /// <summary>The directory of a model among others, as 'demo-models' left them.</summary>
    /// <exception cref="UsageException">It is not there.</exception>
    public static string DirectoryOf(DemoModelPlan model, string models)
    {
        var directory = Path.Combine(models, model.Name);
        return File.Exists(Path.Combine(directory, ModelConfig.FileName))
            ? directory
            : throw new UsageException($"--models is '{models}', and there is no model {model.Name} in it. Make both with: streamdistill demo-models --out {models} --work WORK");
    }

    /// <summary>Trains a model from random weights; its last checkpoint goes to a directory of its name, in bfloat16, with a model card.</summary>
    /// <param name="model">Which one.</param>
    /// <param name="output">Where to.</param>
    /// <param name="work">For the corpus and the checkpoints. A training that was stopped there goes on.</param>
    /// <param name="settings">Further settings of the trainer.</param>
    /// <param name="announce">Gets what the trainer has to say to a person.</param>
    /// <param name="cancellationToken">Stops the training.</param>
    /// <returns>How it does on held-out problems, at temperature 0 and at the demo's.</returns>
    public static async Task<ModelCard> MakeAsync(
        DemoModelPlan model, string output, string work, IReadOnlyList<string> settings, Action<string> announce, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(work);
        var corpus = Path.Combine(work, model.Name + ".jsonl");
        using (var lines = new JsonLinesFile(corpus))
        {
            DemoCorpus.AddHeldOut(lines, HeldOutSeed, HeldOutProblems);
            model.Add(lines, CorpusSeed, model.Problems);
        }

        var untrained = Path.Combine(work, model.Name + "-untrained");
        SaveUntrained(model, untrained);
        var examples = File.ReadLines(corpus).LongCount();
        var steps = new FileInfo(corpus).Length / BytesPerToken / TokensPerStep;
        announce($"{model.Name}: {examples:N0} examples");
        var trained = await new TrainingPlan(
            model.Name,
            untrained,
            corpus,
            Path.Combine(work, "checkpoints"),
            [
                "Train:Threads=1", "Train:Passes=1", "Train:RoundExamplesMax=1000000", $"Train:SequenceLength={ContextTokens}", $"Train:TokensPerStep={TokensPerStep}", "Train:CheckpointSteps=200", "Train:LogSteps=50",
                "Train:Optimizer:LearningRate=0.003", "Train:Optimizer:WeightDecay=0.1", "Train:Optimizer:WarmupSteps=50",
                "Train:Optimizer:Schedule=WarmupStableDecay", $"Train:Optimizer:StableSteps={steps * 6 / 10}", $"Train:Optimizer:DecaySteps={steps * 4 / 10}", "Train:Optimizer:FinalShare=0.02",
                .. settings,
            ]).RunAsync(announce, cancellationToken);
        var directory = Path.Combine(output, model.Name);
        using (var result = StudentModel.Load(trained.Directory, dtype: bfloat16))
        {
            result.Save(directory);
        }

        announce($"{model.Name}: judging it");
        var judge = new HeldOutJudge(work, JudgedSeed, JudgedProblems, announce);
        var card = new ModelCard(
            model,
            settings,
            trained.State.Step,
            trained.State.TokensSeen,
            await judge.JudgeAsync(model.Name, directory, temperature: 0, cancellationToken),
            await judge.JudgeAsync(model.Name, directory, TeacherAnswers.Temperature, cancellationToken));
        await File.WriteAllTextAsync(Path.Combine(directory, ModelCard.FileName), card.ToMarkdown(), cancellationToken);
        return card;
    }

    // Of the corpora's lines, keys of the JSON included; it only sets the schedule's length.
    private const int BytesPerToken = 3;

    private static void SaveUntrained(DemoModelPlan plan, string directory)
    {
        var tokenizer = BpeTrainer.Train(DemoCorpus.Texts(CorpusSeed, TokenizerProblems), new BpeTrainerOptions { VocabularySize = VocabularySize });
        var config = new ModelConfig
        {
            VocabularySize = VocabularySize,
            HiddenSize = plan.HiddenSize,
            IntermediateSize = plan.IntermediateSize,
            Layers = Layers,
            Heads = plan.HiddenSize / HeadSize,
            KeyValueHeads = plan.HiddenSize / HeadSize / 2,
            HeadSize = HeadSize,
            MaxPositions = ContextTokens,
            TieEmbeddings = true,
            EosTokenIds = [tokenizer.Chat!.EndOfTurn],
        };
        using var model = new StudentModel(Decoder.Create(config, seed: 1), tokenizer);
        model.Save(directory);
    }
}
