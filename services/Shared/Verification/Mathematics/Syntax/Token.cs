namespace StreamDistill.Verification.Mathematics;

internal enum TokenKind
{
    /// <summary>Nothing more.</summary>
    End,

    /// <summary>Digits: the text has no separators, and perhaps a decimal point and an exponent.</summary>
    Number,

    /// <summary>A variable or constant: x, pi, alpha.</summary>
    Letter,

    /// <summary>A function: sin, sqrt, frac.</summary>
    Function,

    /// <summary>A word of prose, or what \text{} has.</summary>
    Word,

    /// <summary>One character that stands for an operation, a relation, a bracket or a separator; see <see cref="Lexer"/>.</summary>
    Mark,

    /// <summary>\begin{…}: the text is the environment's name.</summary>
    Begin,

    /// <summary>\end{…}.</summary>
    Finish,
}

/// <summary>A piece of notation.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Text">As the project writes it, whatever notation it came in.</param>
/// <param name="IsSpaced">Space, or another thing that does not count, stands before it.</param>
internal readonly record struct Token(TokenKind Kind, string Text, bool IsSpaced)
{
    public bool Is(char mark) => Kind == TokenKind.Mark && Text[0] == mark;
}
