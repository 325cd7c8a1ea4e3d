namespace StreamDistill.Teach.Tests;

public class FinishReasonsTests
{
    [Theory]
    [InlineData("stop", "stop")]
    [InlineData("STOP", "stop")]
    [InlineData("eos", "stop")]
    [InlineData("length", "length")]
    [InlineData("max_tokens", "length")]
    [InlineData("content_filter", "content_filter")]
    [InlineData("function_call", "tool_calls")]
    [InlineData("tool_calls", "tool_calls")]
    [InlineData("insufficient_system_resource", "error")]
    [InlineData("abort", "error")]
    [InlineData("whatever", "unknown")]
    [InlineData("", "unknown")]
    [InlineData(null, "unknown")]
    public void Every_endpoints_word_becomes_one_of_ours(string? theirs, string ours) => Assert.Equal(ours, FinishReasons.Normalize(theirs));
}
