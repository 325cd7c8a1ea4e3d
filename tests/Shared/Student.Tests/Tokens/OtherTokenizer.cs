using System.Text.Json;
using StreamDistill.Interop;

namespace Student.Tests.Tokens;

/// <summary>A tokenizer of npm's.</summary>
internal static class OtherTokenizer
{
    /// <summary>Runs a script of tests/Interop/Node/tokenizers that answers each line with one.</summary>
    public static async Task<List<int[]>> AskAsync(string script, string argument, IEnumerable<object> questions)
    {
        await OtherProgram.Tokenizers.RequireAsync();
        var asked = questions.Select(question => JsonSerializer.Serialize(question)).ToList();
        var answers = await OtherProgram.Tokenizers.RunAsync($"Node/tokenizers/{script}", [argument], string.Join('\n', asked) + "\n");
        Assert.Equal(asked.Count, answers.Count);
        return [.. answers.Select(answer => JsonSerializer.Deserialize<int[]>(answer)!)];
    }

    public static object Units(string text) => new { units = text.Select(unit => (int)unit) };
}
