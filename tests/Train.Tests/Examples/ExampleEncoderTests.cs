using streamdistill;
using StreamDistill.Student;

namespace StreamDistill.Train.Tests.Examples;

public sealed class ExampleEncoderTests
{
    private static readonly StudentTokenizer Tokenizer = TinyStudent.Tokenizer;

    [Theory]
    [InlineData(Target.Teacher, "<think>\nIt is so.\n</think>\nThe answer is 14.")]
    [InlineData(Target.Human, "<think>\nCount them.\n</think>\n14")]
    [InlineData(Target.Answer, "14")]
    public void Each_target_is_learnt_with_the_end_of_the_turn_and_nothing_before_it(Target target, string text)
    {
        var example = Samples.Example(7);

        var encoded = Encoder(target).Encode(1, example)!;

        Assert.Equal(Tokenizer.Chat.Encode([("user", "What is 7 plus 7?")], addGenerationPrompt: true), encoded.Tokens[..encoded.TargetStart]);
        Assert.Equal(text, Tokenizer.Decode(encoded.Tokens[encoded.TargetStart..^1]));
        Assert.Equal(Tokenizer.Chat.EndOfTurn, encoded.Tokens[^1]);
    }

    [Fact]
    public void Without_thoughts_apart_the_teacher_s_answer_is_the_target() =>
        Assert.Equal("The answer is 14.", TargetText.Of(Samples.Example(7, reasoning: " "), Target.Teacher));

    [Fact]
    public void Without_a_rationale_there_is_no_human_target()
    {
        var encoder = Encoder(Target.Human);

        Assert.Null(encoder.Encode(1, Samples.Example(7) with { Reference = new Reference { Answer = "14" } }));
        Assert.Equal(1, encoder.Counts.WithoutTarget);
    }

    [Fact]
    public void The_direct_answer_is_the_teacher_s_where_no_reference_is_known() =>
        Assert.Equal("The answer is 14.", TargetText.Of(Samples.Example(7) with { Reference = null }, Target.Answer));

    [Fact]
    public void An_example_that_is_too_long_is_dropped_and_counted()
    {
        var encoder = Encoder(Target.Teacher, lengthMax: 20);

        Assert.Null(encoder.Encode(1, Samples.Example(7)));
        Assert.Equal(1, encoder.Counts.TooLong);
    }

    [Fact]
    public void Or_cut_unless_nothing_of_its_target_is_left()
    {
        var whole = Encoder(Target.Teacher).Encode(1, Samples.Example(7))!;
        var cut = Encoder(Target.Teacher, whole.TargetStart + 3, TooLong.Cut);
        var nothing = Encoder(Target.Teacher, whole.TargetStart, TooLong.Cut);

        Assert.Equal(whole.Tokens[..(whole.TargetStart + 3)], cut.Encode(1, Samples.Example(7))!.Tokens);
        Assert.Null(nothing.Encode(1, Samples.Example(7)));
        Assert.Equal((1, 1), (cut.Counts.TooLong, nothing.Counts.TooLong));
    }

    [Theory]
    [InlineData("<think>\nIt is so.\n</think>\nThe answer is 14.", false)]
    [InlineData("<think>\nIt is so.\n</think>\nThe answer is 14.", true)]
    public void Soft_labels_over_the_student_s_own_tokens_are_used(string text, bool withEnd)
    {
        var encoder = Encoder(Target.Teacher, soft: true);
        var labels = LabelsOf(text, withEnd);

        var encoded = encoder.Encode(1, Samples.Example(7, softLabels: labels))!;

        Assert.Equal(encoded.TargetStart, encoded.SoftLabels!.Start);
        Assert.Equal(labels.Count, encoded.SoftLabels.Counts.Length);
        Assert.All(encoded.SoftLabels.Counts, count => Assert.Equal(2, count));
        Assert.Equal(encoded.Tokens[encoded.TargetStart], encoded.SoftLabels.Ids[1]);
        Assert.Equal(1, encoder.Counts.SoftLabelled);
    }

    [Fact]
    public void Soft_labels_over_the_answer_alone_belong_to_the_target_s_end()
    {
        var encoder = Encoder(Target.Teacher, soft: true);
        var reasoned = encoder.Encode(1, Samples.Example(7))!;
        var answer = Tokenizer.Encode("The answer is 14.").Count;
        if (!reasoned.Tokens.AsSpan(reasoned.Tokens.Length - 1 - answer, answer).SequenceEqual(Tokenizer.Encode("The answer is 14.").ToArray()))
        {
            Assert.Fail("The sample's answer must be tokens of its own.");
        }

        var encoded = encoder.Encode(1, Samples.Example(7, softLabels: LabelsOf("The answer is 14.", withEnd: false)))!;

        Assert.Equal(encoded.Tokens.Length - 1 - answer, encoded.SoftLabels!.Start);
    }

    [Fact]
    public void Soft_labels_of_another_tokenizer_are_left_out_and_counted()
    {
        var encoder = Encoder(Target.Teacher, soft: true);
        var letters = "<think>\nIt is so.\n</think>\nThe answer is 14.".Select(letter => Label(letter.ToString())).ToList();

        Assert.Null(encoder.Encode(1, Samples.Example(7, softLabels: letters))!.SoftLabels);
        Assert.Equal(1, encoder.Counts.SoftLabelsElsewhere);
    }

    private static ExampleEncoder Encoder(Target target, int lengthMax = 128, TooLong tooLong = TooLong.Drop, bool soft = false) =>
        new(Tokenizer, new TrainOptions { Target = target, TooLong = tooLong, SoftLabels = new SoftLabelOptions { Weight = soft ? 0.5 : 0 } }, lengthMax);

    private static List<SoftLabel> LabelsOf(string text, bool withEnd) =>
        [.. Tokenizer.Encode(text).Append(Tokenizer.Chat.EndOfTurn).SkipLast(withEnd ? 0 : 1).Select(id => Label(Tokenizer.Decode([id], skipSpecial: false)))];

    private static SoftLabel Label(string token) => new()
    {
        Token = token,
        Logprob = -0.5f,
        Top = [new TopLogprob { Token = token == "z" ? "y" : "z", Logprob = -1 }, new TopLogprob { Token = "a word that the student has not", Logprob = -2 }, new TopLogprob { Token = token, Logprob = -0.5f }],
    };
}
