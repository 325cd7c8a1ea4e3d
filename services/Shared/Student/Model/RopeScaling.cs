namespace StreamDistill.Student;

/// <summary>How the rotary frequencies are changed for texts longer than a model was first trained on.</summary>
public enum RopeScalingKind
{
    /// <summary>Positions are divided by the factor.</summary>
    Linear,

    /// <summary>The base grows with the length once that exceeds max_position_embeddings (dynamic NTK).</summary>
    Dynamic,

    /// <summary>Long wavelengths are divided by the factor, short ones kept, with a smooth change between: Llama 3.1.</summary>
    Llama3,

    /// <summary>As <see cref="Llama3"/> in spirit, by rotations within the original length, and warmer attention (arXiv 2309.00071).</summary>
    Yarn,
}

/// <summary>config.json's rope_scaling. What a kind does not use is null.</summary>
/// <param name="Kind">rope_type.</param>
/// <param name="Factor">How many times longer texts become; at least 1.</param>
public sealed record RopeScaling(RopeScalingKind Kind, double Factor)
{
    /// <summary>Llama 3: wavelengths above original length / this are divided. YaRN and others: unused.</summary>
    public double? LowFrequencyFactor { get; init; }

    /// <summary>Llama 3: wavelengths below original length / this are kept.</summary>
    public double? HighFrequencyFactor { get; init; }

    /// <summary>Llama 3 and YaRN: original_max_position_embeddings; YaRN takes max_position_embeddings where it is null.</summary>
    public int? OriginalMaxPositions { get; init; }

    /// <summary>YaRN: what cosines and sines are multiplied by; by default 0.1 ln(factor) + 1.</summary>
    public double? AttentionFactor { get; init; }

    /// <summary>YaRN: dimensions with more rotations than this are kept; 32 by default.</summary>
    public double? BetaFast { get; init; }

    /// <summary>YaRN: dimensions with fewer rotations than this are divided; 1 by default.</summary>
    public double? BetaSlow { get; init; }
}
