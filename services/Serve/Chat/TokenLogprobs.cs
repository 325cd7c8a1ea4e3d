using System.Text;
using StreamDistill.Student;

namespace StreamDistill.Serve;

/// <summary>Logprobs in OpenAI's shape: each token's text, its natural logarithm of probability, and its bytes.</summary>
internal sealed class TokenLogprobs(ServedStudent student)
{
    /// <summary>What OpenAI's API says of a token that cannot come; JSON has no infinity.</summary>
    private const double Impossible = -9999;

    /// <summary>The entry of a token; none for one that ends the answer and is no part of it.</summary>
    public IReadOnlyList<ChatTokenLogprob> Of(GeneratedToken token)
    {
        if (student.EndTokens.Contains(token.TokenId))
        {
            return [];
        }

        var (text, bytes) = TextOf(token.TokenId);
        return [new ChatTokenLogprob(text, Finite(token.Logprob), bytes, [.. token.Top.Select(AlternativeOf)])];
    }

    private ChatAlternative AlternativeOf((int TokenId, float Logprob) top)
    {
        var (text, bytes) = TextOf(top.TokenId);
        return new ChatAlternative(text, Finite(top.Logprob), bytes);
    }

    private (string Text, IReadOnlyList<int> Bytes) TextOf(int id)
    {
        var bytes = student.Tokenizer.TokenBytes(id).Span;
        var numbers = new int[bytes.Length];
        for (var i = 0; i < numbers.Length; i++)
        {
            numbers[i] = bytes[i];
        }

        return (Encoding.UTF8.GetString(bytes), numbers);
    }

    private static double Finite(float logprob) => float.IsFinite(logprob) ? logprob : Impossible;
}
