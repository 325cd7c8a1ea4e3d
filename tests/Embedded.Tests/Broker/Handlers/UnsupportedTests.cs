using StreamDistill.Embedded.Broker.Handlers;
using StreamDistill.Embedded.Broker.Protocol;

namespace StreamDistill.Embedded.Tests.Broker.Handlers;

public sealed class UnsupportedTests
{
    [Fact]
    public void Every_request_of_Kafkas_is_answered_or_listed_as_not_supported_and_none_is_both()
    {
        var listed = Unsupported.All.Keys.Concat(Enum.GetValues<ApiKey>().Select(k => (short)k)).Order();

        Assert.Equal(Enumerable.Range(0, 93).Select(k => (short)k), listed);
    }

    [Fact]
    public void None_is_listed_that_has_a_handler()
    {
        var handlers = typeof(Handler).Assembly.GetTypes().Where(t => t.IsSubclassOf(typeof(Handler))).Select(t => t.Name).ToHashSet();

        Assert.DoesNotContain(Unsupported.All.Values, u => handlers.Contains(u.Name + "Handler"));
    }
}
