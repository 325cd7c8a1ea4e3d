using StreamDistill.Contracts;

namespace StreamDistill.Train.Tests.Examples;

public sealed class ExampleLineTests
{
    [Fact]
    public void A_line_of_the_dataset_is_read_with_all_that_training_needs()
    {
        var line = """{"messages":[{"role":"user","content":"1+1?"},{"role":"assistant","content":"2","reasoning_content":"one and one"}],"example_id":"25bdb3ee951905877f500004db9d528c","task":"math","kind":"REASONING","split":"HOLDOUT","weight":0.5,"reference_answer":"2","content_hash":"h","verifiers":["numeric@1"],"reference_rationale":"count","checks":[{"name":"numeric","parameters":{"tolerance":"0"}}],"soft_labels":[{"token":"2","logprob":-0.5,"top":[{"token":"3","logprob":-1}]}]}""";

        var (id, example) = ExampleLine.Parse(line, "f", 1);

        Assert.Equal("25bdb3ee951905877f500004db9d528c", StableId.Text(id));
        Assert.Equal(("one and one", "2", "math", 0.5, "h"), (example!.Reasoning, example.Answer, example.Task, example.Weight, example.ContentHash));
        Assert.Equal(streamdistill.Split.HOLDOUT, example.Split);
        Assert.Equal(("2", "count"), (example.Reference!.Answer, example.Reference.Rationale));
        Assert.Equal("1+1?", Assert.Single(example.Messages).Content);
        Assert.Equal("0", Assert.Single(example.Checks).Parameters["tolerance"]);
        Assert.Equal(("3", -1f), (example.SoftLabels![0].Top[0].Token, example.SoftLabels[0].Top[0].Logprob));
    }

    [Fact]
    public void A_plain_conversation_is_an_example_whose_id_follows_from_its_text()
    {
        var line = """{"messages":[{"role":"user","content":"1+1?"},{"role":"assistant","content":"<think>\none and one\n</think>\n2"}]}""";

        var first = ExampleLine.Parse(line, "f", 1);
        var again = ExampleLine.Parse(line, "f", 2);
        var other = ExampleLine.Parse(line.Replace("1+1", "1+2", StringComparison.Ordinal), "f", 3);

        Assert.Equal(("one and one", "2"), (first.Example!.Reasoning, first.Example.Answer));
        Assert.Equal((streamdistill.Split.TRAIN, 1.0), (first.Example.Split, first.Example.Weight));
        Assert.Equal(first.Id, again.Id);
        Assert.NotEqual(first.Id, other.Id);
    }

    [Theory]
    [InlineData("{", "examples.jsonl, line 7 is no example: ")]
    [InlineData("null", "it is null")]
    [InlineData("""{"messages":[]}""", "do not end with one of the role assistant")]
    [InlineData("""{"messages":[{"role":"user","content":"x"}]}""", "do not end with one of the role assistant")]
    [InlineData("""{"messages":[{"role":"user"},{"role":"assistant","content":"x"}]}""", "a message has no role or no content")]
    [InlineData("""{"messages":[{"role":"assistant","content":"x"}],"split":"TEST"}""", "its split is 'TEST'; allowed are UNKNOWN, TRAIN, HOLDOUT")]
    [InlineData("""{"messages":[{"role":"assistant","content":"x"}],"weight":-1}""", "its weight is -1")]
    public void A_line_that_is_no_example_is_refused_with_its_place(string line, string message) =>
        Assert.Contains(message, Assert.Throws<StreamDistillException>(() => ExampleLine.Parse(line, "examples.jsonl", 7)).Message, StringComparison.Ordinal);
}
