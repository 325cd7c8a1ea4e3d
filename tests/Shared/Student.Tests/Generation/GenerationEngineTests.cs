using StreamDistill.Student;
using static TorchSharp.torch;

namespace Student.Tests.Generation;

public sealed class GenerationEngineTests
{
    [Fact]
    public void A_request_gets_the_same_tokens_alone_and_among_sixteen()
    {
        using var student = TinyStudent.Create();
        var requests = Enumerable.Range(0, 16).Select(Request).ToList();

        var alone = requests.SelectMany(request => Run(student, [request])).ToList();
        var together = Run(student, requests);
        var again = Run(student, requests);

        Assert.Equal(alone.Select(answer => answer.Tokens), together.Select(answer => answer.Tokens));
        Assert.Equal(together.Select(answer => answer.Tokens), again.Select(answer => answer.Tokens));
        Assert.True(alone.Select(answer => string.Join(',', answer.Tokens)).Distinct().Count() > 12);
        Assert.All(alone.Zip(together), pair => Assert.All(pair.First.Logprobs.Zip(pair.Second.Logprobs), both => Assert.Equal(both.First, both.Second, 1e-3f)));
    }

    [Fact]
    public void Requests_that_come_and_go_do_not_disturb_each_other()
    {
        using var student = TinyStudent.Create();
        var expected = Enumerable.Range(0, 12).Select(index => Run(student, [Request(index)])[0].Tokens).ToList();
        using var engine = new GenerationEngine(student.Decoder, student.Tokenizer, 4);
        var rows = new Dictionary<GenerationRow, (int Index, List<int> Tokens)>();
        var next = 0;
        var step = 0;
        var whole = 0;
        while (next < 12 || engine.Active > 0)
        {
            // At most two join per step; every fifth step one is cancelled and starts again later in another place.
            for (var joined = 0; joined < 2 && engine.Free > 0 && next < 12; joined++)
            {
                rows.Add(engine.Add(Request(next).Prompt, Request(next).Sampling), (next++, []));
            }

            if (++step % 5 == 0)
            {
                var victim = rows.Keys.First();
                engine.Cancel(victim);
                var index = rows[victim].Index;
                rows.Remove(victim);
                rows.Add(engine.Add(Request(index).Prompt, Request(index).Sampling with { MaxTokens = 3 }), (index, []));
            }

            foreach (var token in engine.Step())
            {
                rows[token.Row].Tokens.Add(token.TokenId);
                if (token.Finish is not null)
                {
                    var (index, tokens) = rows[token.Row];
                    Assert.Equal(expected[index].Take(tokens.Count), tokens);
                    whole += tokens.Count == expected[index].Count ? 1 : 0;
                    rows.Remove(token.Row);
                }
            }
        }

        Assert.Empty(rows);
        Assert.InRange(whole, 4, 12);
        Assert.Equal(4, engine.Free);
    }

    [Fact]
    public void Texts_of_one_prompt_share_the_work_on_it_and_stay_what_they_are_alone()
    {
        using var student = TinyStudent.Create();
        var (prompt, sampling) = Request(5);
        List<(IReadOnlyList<int>, SamplingOptions)> requests =
            [Request(1), (prompt, sampling), (prompt, sampling with { Seed = 77 }), Request(2), (prompt, sampling with { Seed = 78 }), Request(3)];
        var alone = requests.SelectMany(request => Run(student, [request])).ToList();
        using var engine = new GenerationEngine(student.Decoder, student.Tokenizer, 8);
        var rows = requests.Take(4).Select(request => engine.Add(request.Item1, request.Item2)).ToList();
        var tokens = engine.Step().Concat(engine.Step()).ToList();
        rows.AddRange(requests.Skip(4).Select(request => engine.Add(request.Item1, request.Item2)));
        while (engine.Active > 0)
        {
            tokens.AddRange(engine.Step());
        }

        Assert.Equal(alone.Select(answer => answer.Tokens), rows.Select(row => tokens.Where(token => token.Row == row).Select(token => token.TokenId)));
    }

    [Fact]
    public void Greedy_tokens_and_their_logprobs_are_those_of_whole_passes()
    {
        using var student = TinyStudent.Create();
        using var scope = NewDisposeScope();
        using var still = no_grad();
        var (prompt, sampling) = Request(3);
        using var engine = new GenerationEngine(student.Decoder, student.Tokenizer, 2);
        engine.Add(prompt, sampling with { Temperature = 0, MaxTokens = 8, TopLogprobs = 3 });
        var text = prompt.Select(token => (long)token).ToList();
        for (var step = 0; step < 8; step++)
        {
            var token = Assert.Single(engine.Step());

            var hidden = student.Decoder.Hidden(
                tensor(text.ToArray(), [1, text.Count]), arange(text.Count, ScalarType.Int64).view(1, -1), AttentionMask.Causal(text.Count));
            var logprobs = student.Decoder.Logits(hidden.select(1, text.Count - 1)).narrow(-1, 0, student.Tokenizer.VocabularySize).log_softmax(-1);
            var expected = logprobs.data<float>().ToArray();
            Assert.Equal(Array.IndexOf(expected, expected.Max()), token.TokenId);
            Assert.Equal(expected.Max(), token.Logprob, 1e-4f);
            Assert.Equal(expected.OrderDescending().Take(3), token.Top.Select(top => top.Logprob), (left, right) => Math.Abs(left - right) < 1e-4);
            Assert.Equal(token.TokenId, token.Top[0].TokenId);
            text.Add(token.TokenId);
        }
    }

    [Fact]
    public void An_answer_ends_with_its_last_token_the_context_or_an_end_token()
    {
        using var student = TinyStudent.Create(maxPositions: 20);
        var (prompt, sampling) = Request(1);

        Assert.Equal(FinishReason.Length, Run(student, [(prompt, sampling with { MaxTokens = 5 })])[0].Finish);
        Assert.Equal(5, Run(student, [(prompt, sampling with { MaxTokens = 5 })])[0].Tokens.Count);
        var full = Run(student, [(prompt, sampling with { MaxTokens = 500 })])[0];
        Assert.Equal((FinishReason.Length, 20), (full.Finish, prompt.Count + full.Tokens.Count));

        // The third token of the same answer, declared an end token.
        using var other = new StudentModel(TinyStudentWithEnd(full.Tokens[2]), student.Tokenizer);
        var ended = Run(other, [(prompt, sampling with { MaxTokens = 500 })])[0];
        var length = full.Tokens.IndexOf(full.Tokens[2]) + 1;
        Assert.Equal((FinishReason.Stop, length), (ended.Finish, ended.Tokens.Count));
        Assert.Equal(student.Tokenizer.Decode(full.Tokens.Take(length - 1)), ended.Text);

        Decoder TinyStudentWithEnd(int token) => Model.TinyModel.Create(student.Decoder.Config with { EosTokenIds = [token] });
    }

    [Fact]
    public void An_answer_ends_before_a_stop_text()
    {
        using var student = TinyStudent.Create();
        var (prompt, sampling) = Request(2);
        var whole = Run(student, [(prompt, sampling)])[0].Text;
        var stop = whole.Substring(whole.Length / 2, 3);

        var stopped = Run(student, [(prompt, sampling with { Stop = ["never there", stop] })])[0];

        Assert.Equal(FinishReason.Stop, stopped.Finish);
        Assert.Equal(whole[..whole.IndexOf(stop, StringComparison.Ordinal)], stopped.Text);
    }

    [Fact]
    public void A_long_prompt_is_taken_in_several_passes()
    {
        using var student = TinyStudent.Create(maxPositions: 1500);
        using var scope = NewDisposeScope();
        using var still = no_grad();
        var prompt = Enumerable.Range(0, 1300).Select(place => place * 31 % 250).ToList();
        using var engine = new GenerationEngine(student.Decoder, student.Tokenizer, 3);
        engine.Add([1, 2, 3], new SamplingOptions(0));
        engine.Add(prompt, new SamplingOptions(0));

        var token = engine.Step()[1];

        var tokens = tensor(prompt.Select(id => (long)id).ToArray(), [1, prompt.Count]);
        var hidden = student.Decoder.Hidden(tokens, arange(prompt.Count, ScalarType.Int64).view(1, -1), AttentionMask.Causal(prompt.Count));
        var logits = student.Decoder.Logits(hidden.select(1, prompt.Count - 1)).narrow(-1, 0, student.Tokenizer.VocabularySize);
        Assert.Equal(logits.argmax(-1).item<long>(), token.TokenId);
    }

    [Fact]
    public void What_cannot_be_added_is_refused_with_the_reason()
    {
        using var student = TinyStudent.Create();
        using var engine = new GenerationEngine(student.Decoder, student.Tokenizer, 1, contextLength: 10);

        Assert.Empty(engine.Step());
        Assert.Contains("has 0 tokens; allowed are 1 to 9", Assert.Throws<ArgumentException>(() => engine.Add([], new SamplingOptions())).Message, StringComparison.Ordinal);
        Assert.Contains("has 10 tokens", Assert.Throws<ArgumentException>(() => engine.Add(new int[10], new SamplingOptions())).Message, StringComparison.Ordinal);
        Assert.Contains("outside the model's", Assert.Throws<ArgumentException>(() => engine.Add([9_999], new SamplingOptions())).Message, StringComparison.Ordinal);
        Assert.Contains("Temperature is -1", Assert.Throws<ArgumentException>(() => engine.Add([1], new SamplingOptions(-1))).Message, StringComparison.Ordinal);
        var row = engine.Add([1], new SamplingOptions());
        Assert.Contains("All 1 rows", Assert.Throws<InvalidOperationException>(() => engine.Add([1], new SamplingOptions())).Message, StringComparison.Ordinal);
        engine.Cancel(row);
        engine.Cancel(row);
        Assert.Equal((0, 1), (engine.Active, engine.Free));
    }

    private static (IReadOnlyList<int> Prompt, SamplingOptions Sampling) Request(int index) => (
        [.. Enumerable.Range(0, 1 + (index * 5 % 13)).Select(place => (index + (place * 17)) % 250)],
        new SamplingOptions(Temperature: index % 4 == 0 ? 0 : 1.2, TopP: index % 3 == 0 ? 0.9 : 1, TopK: index % 5 == 0 ? 40 : 0, Seed: index, MaxTokens: 12));

    private static List<(List<int> Tokens, List<float> Logprobs, string Text, FinishReason Finish)> Run(
        StudentModel student, IEnumerable<(IReadOnlyList<int> Prompt, SamplingOptions Sampling)> requests)
    {
        using var engine = new GenerationEngine(student.Decoder, student.Tokenizer, 16);
        var generated = requests.Select(request => engine.Add(request.Prompt, request.Sampling)).ToDictionary(row => row, _ => new List<GeneratedToken>());
        while (engine.Active > 0)
        {
            foreach (var token in engine.Step())
            {
                generated[token.Row].Add(token);
            }
        }

        return [.. generated.Values.Select(tokens => (
            tokens.Select(token => token.TokenId).ToList(),
            tokens.Select(token => token.Logprob).ToList(),
            string.Concat(tokens.Select(token => token.Text)),
            tokens[^1].Finish!.Value))];
    }
}
