using streamdistill;
using StreamDistill.Verification;

namespace Verification.Tests;

public sealed class JsonVerifierTests
{
    private const string Schema = """
        {
          "type": "object",
          "required": ["name", "age"],
          "additionalProperties": false,
          "properties": {
            "name": { "type": "string", "minLength": 1, "maxLength": 5 },
            "age": { "type": "integer", "minimum": 0, "maximum": 150 },
            "tags": { "type": "array", "maxItems": 2, "items": { "enum": ["a", "b"] } },
            "note": { "type": ["string", "null"] }
          }
        }
        """;

    [Theory]
    [InlineData("""{"name":"Ada","age":36}""")]
    [InlineData("""{"name":"Ada","age":36.0,"tags":["a","b"],"note":null}""")]
    [InlineData("Here it is:\n```json\n{\"name\":\"Ada\",\"age\":36}\n```\nDone.")]
    [InlineData("```\n{\"name\":\"Ada\",\"age\":36}\n```")]
    [InlineData("""{"name":"```","age":36}""")]
    public void AnAnswerOfTheShapePasses(string answer) => Verify.Is(Outcome.PASS, ReasonCodes.Ok, Find(answer));

    [Theory]
    [InlineData("", ReasonCodes.InvalidJson, null)]
    [InlineData("{\"name\":", ReasonCodes.InvalidJson, null)]
    [InlineData("{} {}", ReasonCodes.InvalidJson, null)]
    [InlineData("""{"name":"Ada","age":36,"age":37}""", ReasonCodes.InvalidJson, null)]
    [InlineData("[]", ReasonCodes.WrongType, "$ is array; object is wanted")]
    [InlineData("""{"name":"Ada"}""", ReasonCodes.MissingKey, "$ has no key 'age'")]
    [InlineData("""{"name":"Ada","age":"36"}""", ReasonCodes.WrongType, "$.age is string; integer is wanted")]
    [InlineData("""{"name":"Ada","age":36.5}""", ReasonCodes.WrongType, "$.age is number; integer is wanted")]
    [InlineData("""{"name":"Ada","age":1e400}""", ReasonCodes.WrongType, "$.age is number; integer is wanted")]
    [InlineData("""{"name":"Ada","age":-1}""", ReasonCodes.NotAllowedValue, "$.age has -1 as value; at least 0 is allowed")]
    [InlineData("""{"name":"Ada L.","age":36}""", ReasonCodes.NotAllowedValue, "$.name has 6 characters; at most 5 is allowed")]
    [InlineData("""{"name":"Ada","age":36,"x":1}""", ReasonCodes.UnexpectedKey, "$ has the key 'x', which is not allowed")]
    [InlineData("""{"name":"Ada","age":36,"tags":["a","c"]}""", ReasonCodes.NotAllowedValue, "$.tags[1] is \"c\", which is not among the allowed values")]
    [InlineData("""{"name":"Ada","age":36,"tags":["a","a","a"]}""", ReasonCodes.NotAllowedValue, "$.tags has 3 items; at most 2 is allowed")]
    [InlineData("""{"name":"Ada","age":36,"note":1}""", ReasonCodes.WrongType, "$.note is number; string or null is wanted")]
    public void AnAnswerOfAnotherShapeSaysWhatIsWrongAndWhere(string answer, string reasonCode, string? detail)
    {
        var finding = Find(answer);
        Verify.Is(Outcome.FAIL, reasonCode, finding);
        Assert.Equal(detail ?? finding.Detail, finding.Detail);
    }

    [Fact]
    public void DepthBeyondTheLimitIsUnknown() =>
        Verify.Is(Outcome.UNKNOWN, ReasonCodes.TooLarge, Find(new string('[', 257) + new string(']', 257)));

    [Theory]
    [InlineData("```json\n[1]\n```", "required", Outcome.PASS)]
    [InlineData("[1]", "required", Outcome.FAIL)]
    [InlineData("[1]", "forbidden", Outcome.PASS)]
    [InlineData("```json\n[1]\n```", "forbidden", Outcome.FAIL)]
    public void TheFenceIsAsConfigured(string answer, string fence, Outcome outcome) =>
        Assert.Equal(outcome, Verify.By("json", new Candidate { Answer = answer }, ("fence", fence)).Outcome);

    private static Finding Find(string answer) => Verify.By("json", new Candidate { Answer = answer }, ("schema", Schema));
}
