using StreamDistill.Embedded.Broker.Catalog;

namespace StreamDistill.Embedded.Tests.Broker.Catalog;

public sealed class TopicNamesTests
{
    [Theory]
    [InlineData("a")]
    [InlineData("...")]
    [InlineData("prompts.dlq")]
    [InlineData("__consumer_offsets")]
    [InlineData("A-Z_0.9")]
    public void Names_that_Kafka_takes_are_taken(string name) => Assert.Null(TopicNames.Problem(name));

    [Theory]
    [InlineData("", "empty")]
    [InlineData(".", "must not be '.'")]
    [InlineData("..", "must not be '..'")]
    [InlineData("a/b", "'a/b' has a character")]
    [InlineData("a b", "'a b' has a character")]
    [InlineData("ä", "'ä' has a character")]
    public void Names_that_Kafka_refuses_are_refused(string name, string why) => Assert.Contains(why, TopicNames.Problem(name), StringComparison.Ordinal);

    [Fact]
    public void A_name_has_at_most_249_characters()
    {
        Assert.Null(TopicNames.Problem(new string('x', 249)));
        Assert.Contains("at most 249 characters; this one has 250", TopicNames.Problem(new string('x', 250)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a.b", "a_b", true)]
    [InlineData("a.b", "a.b", false)]
    [InlineData("a.b", "a-b", false)]
    [InlineData("a.b_c", "a_b.c", true)]
    public void Names_collide_where_dot_and_underscore_are_the_only_difference(string one, string other, bool collide) =>
        Assert.Equal(collide, TopicNames.Collide(one, other));
}
