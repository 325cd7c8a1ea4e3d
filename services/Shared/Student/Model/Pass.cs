using TorchSharp;
using static TorchSharp.torch;

namespace StreamDistill.Student;

/// <summary>What the layers share in one pass over [batch, length] tokens.</summary>
/// <param name="Batch">Rows.</param>
/// <param name="Length">Tokens of a row.</param>
/// <param name="Cosine">Of the positions: [batch, length, 1, head size].</param>
/// <param name="Sine">Of the positions, first half negated.</param>
/// <param name="Bias">What is added to attention scores: [batch or 1, 1, groups x length, keys].</param>
/// <param name="Cache">Where keys and values are kept and read from; null: only those of this pass are attended to.</param>
internal sealed record Pass(long Batch, long Length, Tensor Cosine, Tensor Sine, Tensor Bias, KeyValueCache.Slots? Cache);
