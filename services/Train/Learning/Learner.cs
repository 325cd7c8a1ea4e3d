using StreamDistill.Student;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace StreamDistill.Train;

/// <summary>A student and its optimizer. Weights are trained, and stored, in float32, whatever the base model's type.</summary>
internal sealed class Learner : IDisposable
{
    private const string TrainerFile = "trainer.safetensors", AdapterDirectory = "adapter";

    private readonly TrainOptions options;
    private readonly LoraAdapter? adapter;
    private readonly List<(string Name, Parameter Parameter)> trained;
    private readonly AdamW optimizer;

    private Learner(TrainOptions options, StudentModel student, LoraAdapter? adapter)
    {
        this.options = options;
        this.adapter = adapter;
        Student = student;
        trained = [.. adapter?.NamedParameters ?? student.Decoder.named_parameters()];

        // What scales or shifts single numbers is not pulled to zero. The optimizer's state is in the order of its groups.
        var matrices = trained.Where(pair => pair.Parameter.ndim >= 2).ToList();
        var vectors = trained.Where(pair => pair.Parameter.ndim < 2).ToList();
        trained = [.. matrices, .. vectors];
        var settings = options.Optimizer;
        var groups = new List<AdamW.ParamGroup> { Group(matrices, settings.WeightDecay) };
        if (vectors.Count > 0)
        {
            groups.Add(Group(vectors, 0));
        }

        optimizer = optim.AdamW(groups, settings.LearningRate, settings.Beta1, settings.Beta2, settings.Epsilon);

        AdamW.ParamGroup Group(List<(string Name, Parameter Parameter)> parameters, double decay) => new(
            [.. parameters.Select(pair => pair.Parameter)], settings.LearningRate, settings.Beta1, settings.Beta2, settings.Epsilon, decay);
    }

    /// <summary>The student.</summary>
    public StudentModel Student { get; }

    private IEnumerable<(string Name, AdamW.State State)> Moments =>
        trained.Zip(optimizer.state_dict().State, (pair, state) => (pair.Name, (AdamW.State)state));

    /// <summary>A student as its base model is.</summary>
    /// <exception cref="Contracts.StreamDistillException">The base model cannot be read.</exception>
    public static Learner Begin(TrainOptions options)
    {
        // libtorch's own beginning differs from process to process.
        _ = manual_seed(options.Seed);
        var student = StudentModel.Load(options.BaseModel, device(options.Device), ScalarType.Float32);
        var adapter = options.Method == Method.Lora ? student.Decoder.AttachLora(options.Lora.ToLora(options.Seed)) : null;
        return new Learner(options, student, adapter);
    }

    /// <summary>A student as a checkpoint left it, to the last bit.</summary>
    /// <exception cref="Contracts.StreamDistillException">A file cannot be read, or the options ask for another method than the checkpoint's.</exception>
    public static Learner Resume(TrainOptions options, string checkpoint)
    {
        var adapterDirectory = Path.Combine(checkpoint, AdapterDirectory);
        var isLora = options.Method == Method.Lora;
        if (isLora != Directory.Exists(adapterDirectory))
        {
            throw new Contracts.StreamDistillException(
                $"Train:Method is '{options.Method}', but {checkpoint} was trained with {(isLora ? Method.Full : Method.Lora)}. Go on with that, or begin again with another Train:Student whose Train:BaseModel is the checkpoint.");
        }

        // The checkpoint's own weights have the low-rank changes in them, rounded: training goes on from the two apart.
        var student = StudentModel.Load(isLora ? options.BaseModel : checkpoint, device(options.Device), ScalarType.Float32);
        var learner = new Learner(options, student, isLora ? LoraAdapter.Load(student.Decoder, adapterDirectory) : null);
        learner.LoadMoments(Path.Combine(checkpoint, TrainerFile));
        return learner;
    }

    /// <summary>One step of the optimizer, on the sum of the packs' gradients.</summary>
    /// <param name="packs">The step's packs of rows.</param>
    /// <param name="step">Its number from 0, which decides the learning rate.</param>
    /// <param name="word">Decides the draws from soft labels.</param>
    public StepResult Step(IReadOnlyList<IReadOnlyList<List<EncodedExample>>> packs, long step, string word)
    {
        using var scope = NewDisposeScope();
        var batches = packs.Select(rows => PackedBatch.Of(rows, options.SoftLabels, word, Student.Decoder.Device)).ToList();
        try
        {
            var totalWeight = batches.Sum(batch => batch.TotalWeight);
            var softWeight = batches.Sum(batch => batch.SoftLabels?.Weight ?? 0);
            var (loss, divergence) = (0.0, 0.0);
            optimizer.zero_grad();
            foreach (var batch in batches)
            {
                using var inner = NewDisposeScope();
                var (part, kl) = DistillationLoss.Of(Student.Decoder, batch, options.SoftLabels, totalWeight);
                part.backward();
                loss += part.item<float>();
                divergence += kl is null ? 0 : kl.item<float>() / softWeight;
            }

            var rate = options.Optimizer.LearningRateAt(step);
            var norm = nn.utils.clip_grad_norm_(
                trained.Select(pair => pair.Parameter), options.Optimizer.ClipNorm == 0 ? double.PositiveInfinity : options.Optimizer.ClipNorm);
            var isFinite = double.IsFinite(loss) && double.IsFinite(norm);
            if (isFinite)
            {
                foreach (var group in optimizer.ParamGroups)
                {
                    group.LearningRate = rate;
                }

                _ = optimizer.step();
            }

            return new StepResult(
                loss, divergence, norm, rate, packs.Sum(rows => rows.Sum(row => row.Count)),
                batches.Sum(batch => batch.ExampleTokens), batches.Sum(batch => batch.TargetTokens), !isFinite);
        }
        finally
        {
            batches.ForEach(batch => batch.Dispose());
        }
    }

    /// <summary>Writes the student as it is served, and what training needs beside its weights.</summary>
    public void Save(string directory)
    {
        Student.Save(directory);
        if (adapter is not null)
        {
            var adapterDirectory = Path.Combine(directory, AdapterDirectory);
            Directory.CreateDirectory(adapterDirectory);
            adapter.Save(adapterDirectory, options.BaseModel);
        }

        using var scope = NewDisposeScope();
        var tensors = new Dictionary<string, Tensor> { ["rng_state"] = get_rng_state() };
        foreach (var (name, state) in Moments)
        {
            tensors[$"{name}.exp_avg"] = state.exp_avg;
            tensors[$"{name}.exp_avg_sq"] = state.exp_avg_sq;
            tensors[$"{name}.step"] = tensor(new[] { state.step });
        }

        SafetensorsWriter.Write(Path.Combine(directory, TrainerFile), tensors);
    }

    public void Dispose()
    {
        optimizer.Dispose();
        adapter?.Dispose();
        Student.Dispose();
    }

    private void LoadMoments(string path)
    {
        using var scope = NewDisposeScope();
        using var still = no_grad();
        using var file = SafetensorsFile.Open(path);
        foreach (var (name, state) in Moments)
        {
            state.exp_avg.copy_(file.Read($"{name}.exp_avg"));
            state.exp_avg_sq.copy_(file.Read($"{name}.exp_avg_sq"));
            state.step = file.Read($"{name}.step").item<long>();
        }

        set_rng_state(file.Read("rng_state"));
    }
}
