// Tokenised examples in a safetensors file, one after the other:
//   ids            U8  [examples, 16]   example_ids, the most significant byte first
//   lengths        I32 [examples]       tokens of each
//   target_starts  I32 [examples]
//   weights        F32 [examples]
//   tokens         I32 [sum of lengths]
//   soft_starts    I32 [examples]       -1 where there are no soft labels
//   soft_lengths   I32 [examples]       tokens that have them
//   soft_counts    I32 [sum of soft_lengths]   alternatives of each
//   soft_ids       I32 [sum of soft_counts]
//   soft_logprobs  F32 [sum of soft_counts]
// A tensor without elements is left out.
using System.Buffers.Binary;
using StreamDistill.Student;
using static TorchSharp.torch;

namespace StreamDistill.Train;

/// <summary>Writes and reads files of <see cref="EncodedExample"/>s.</summary>
internal static class ExampleFile
{
    private const int IdBytes = 16;

    public static void Write(string path, IReadOnlyList<EncodedExample> examples)
    {
        using var scope = NewDisposeScope();
        var ids = new byte[examples.Count * IdBytes];
        for (var i = 0; i < examples.Count; i++)
        {
            BinaryPrimitives.WriteUInt128BigEndian(ids.AsSpan(i * IdBytes), examples[i].Id);
        }

        var runs = examples.Select(example => example.SoftLabels).OfType<SoftLabelRun>().ToList();
        var tensors = new Dictionary<string, Tensor>();
        if (ids.Length > 0)
        {
            tensors["ids"] = tensor(ids).view(-1, IdBytes);
        }

        Add("lengths", examples.Select(example => example.Tokens.Length));
        Add("target_starts", examples.Select(example => example.TargetStart));
        Add("tokens", examples.SelectMany(example => example.Tokens));
        Add("soft_starts", examples.Select(example => example.SoftLabels?.Start ?? -1));
        Add("soft_lengths", examples.Select(example => example.SoftLabels?.Counts.Length ?? 0));
        Add("soft_counts", runs.SelectMany(run => run.Counts));
        Add("soft_ids", runs.SelectMany(run => run.Ids));
        AddReal("weights", examples.Select(example => example.Weight));
        AddReal("soft_logprobs", runs.SelectMany(run => run.Logprobs));
        SafetensorsWriter.Write(path, tensors);

        void Add(string name, IEnumerable<int> values)
        {
            if (values.ToArray() is { Length: > 0 } some)
            {
                tensors[name] = tensor(some);
            }
        }

        void AddReal(string name, IEnumerable<float> values)
        {
            if (values.ToArray() is { Length: > 0 } some)
            {
                tensors[name] = tensor(some);
            }
        }
    }

    /// <exception cref="Contracts.StreamDistillException">The file is missing or damaged.</exception>
    public static IReadOnlyList<EncodedExample> Read(string path)
    {
        using var file = SafetensorsFile.Open(path);
        var (ids, lengths, starts) = (Array<byte>("ids"), Array<int>("lengths"), Array<int>("target_starts"));
        var (weights, tokens) = (Array<float>("weights"), Array<int>("tokens"));
        var (softStarts, softLengths, softCounts) = (Array<int>("soft_starts"), Array<int>("soft_lengths"), Array<int>("soft_counts"));
        var (softIds, softLogprobs) = (Array<int>("soft_ids"), Array<float>("soft_logprobs"));
        var examples = new List<EncodedExample>(lengths.Length);
        var (token, soft, alternative) = (0, 0, 0);
        for (var i = 0; i < lengths.Length; i++)
        {
            SoftLabelRun? run = null;
            if (softStarts[i] >= 0)
            {
                var counts = softCounts[soft..(soft + softLengths[i])];
                var end = alternative + counts.Sum();
                run = new SoftLabelRun(softStarts[i], counts, softIds[alternative..end], softLogprobs[alternative..end]);
                (soft, alternative) = (soft + counts.Length, end);
            }

            var id = BinaryPrimitives.ReadUInt128BigEndian(ids.AsSpan(i * IdBytes));
            examples.Add(new EncodedExample(id, tokens[token..(token + lengths[i])], starts[i], weights[i], run));
            token += lengths[i];
        }

        return examples;

        T[] Array<T>(string name)
            where T : unmanaged
        {
            if (!file.Entries.ContainsKey(name))
            {
                return [];
            }

            using var stored = file.Read(name);
            return stored.data<T>().ToArray();
        }
    }
}
