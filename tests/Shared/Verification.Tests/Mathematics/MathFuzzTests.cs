using System.Diagnostics;
using System.Text;
using streamdistill;

namespace Verification.Tests.Mathematics;

/// <summary>Answers that nobody would write: each is decided or given up, within what it may take.</summary>
public sealed class MathFuzzTests
{
    private const int Cases = 100_000;

    // Twice what is promised to a user, of a test process that shares its machine with others.
    private const long AllocatedBytesMax = 128L << 20;

    private static readonly string[] Pieces =
    [
        "1", "0", "999999999", "3.14", ".5", "1e9", "1e999999999", "x", "y", "n", "i", "e", "\\pi", "\\infty", "+", "-", "*", "/", "^", "^{", "_", "!", "=", "<", "\\le", "\\approx", "(", ")", "[", "]", "{", "}", "\\{", "\\}", "|", ",", ";", ":",
        "\\frac", "\\frac{1}{2}", "\\sqrt", "\\sqrt[3]", "\\binom{9}{3}", "\\sin", "\\log_2", "\\ln", "\\arcsin", "\\pm", "\\cup", "\\setminus", "\\in", "\\mathbb{R}", "\\emptyset", "\\begin{pmatrix}", "\\end{pmatrix}", "&", "\\\\", "\\text{", "\\text{ cm}",
        "\\boxed{", "\\overline", "%", "^\\circ", "$", " ", " or ", " and ", "\n", "km", "the answer is ", "#### ", "\\left(", "\\right)", "\\lfloor", "\\rfloor", "\\unknown", "½", "²", "√", "∪", "≤", "漢", "\0", "\uD800", "**", "9^9^9^9", "(((((", "1,234", "\\max(",
    ];

    private static readonly string[] Golds = ["5", "\\frac{1}{2}", "x^2 + 1", "(1, 2)", "\\{1, 2\\}", "[0, \\infty)", "y = 2x", "\\sqrt{2}", "A", "\\text{no solution}", "3 \\text{ cm}", "\\begin{pmatrix}1\\\\2\\end{pmatrix}", "5^{5^{5^5}}", "x < 3"];

    [Fact]
    public void Whatever_the_answer_is_it_ends_with_an_outcome_and_within_its_memory()
    {
        var random = new Random(20251123);
        var real = MathCasesTests.Cases.Select(each => each.Answer).Where(answer => answer.Length < 400).ToList();
        var outcomes = new Dictionary<Outcome, int>();
        var (slowest, most) = ((Milliseconds: 0.0, Text: ""), (Bytes: 0L, Text: ""));
        for (var i = 0; i < Cases; i++)
        {
            var gold = Golds[random.Next(Golds.Length)];
            var answer = random.Next(3) == 0 ? Mutated(random, real[random.Next(real.Count)]) : Assembled(random);
            var (start, allocated) = (Stopwatch.GetTimestamp(), GC.GetAllocatedBytesForCurrentThread());
            var finding = Verify.By("math", new() { Answer = answer, Reference = gold });
            var (milliseconds, bytes) = (Stopwatch.GetElapsedTime(start).TotalMilliseconds, GC.GetAllocatedBytesForCurrentThread() - allocated);
            slowest = milliseconds > slowest.Milliseconds ? (milliseconds, $"{gold} | {answer}") : slowest;
            most = bytes > most.Bytes ? (bytes, $"{gold} | {answer}") : most;
            outcomes[finding.Outcome] = outcomes.GetValueOrDefault(finding.Outcome) + 1;
            Assert.NotEqual(Outcome.ERROR, finding.Outcome);
            Assert.True(finding.Detail.Length < 1000);
        }

        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{Cases:N0} answers: {string.Join(", ", outcomes.Select(outcome => $"{outcome.Value:N0} {outcome.Key}"))}; slowest {slowest.Milliseconds:N1} ms ({slowest.Text}); most memory {most.Bytes / 1e6:N1} MB ({most.Text})");
        Assert.InRange(most.Bytes, 0, AllocatedBytesMax);
        Assert.True(outcomes[Outcome.UNKNOWN] > Cases / 10 && outcomes[Outcome.FAIL] > Cases / 100);
    }

    private static string Assembled(Random random)
    {
        var text = new StringBuilder();
        for (var i = random.Next(1, 25); i > 0; i--)
        {
            text.Append(Pieces[random.Next(Pieces.Length)]);
        }

        return text.ToString();
    }

    private static string Mutated(Random random, string text)
    {
        var characters = new StringBuilder(text);
        for (var i = random.Next(1, 4); i > 0 && characters.Length > 0; i--)
        {
            var at = random.Next(characters.Length);
            switch (random.Next(3))
            {
                case 0:
                    characters.Remove(at, 1);
                    break;
                case 1:
                    characters.Insert(at, Pieces[random.Next(Pieces.Length)]);
                    break;
                default:
                    characters[at] = text[random.Next(text.Length)];
                    break;
            }
        }

        return characters.ToString();
    }
}
