using StreamDistill.Embedded.Broker.Catalog;
using StreamDistill.Embedded.Broker.Log;

namespace StreamDistill.Embedded.Tests.Broker.Catalog;

public sealed class TopicSettingsTests
{
    [Fact]
    public void Without_settings_a_log_has_its_defaults() => Assert.Equal(new LogOptions(), TopicSettings.ToLogOptions(new Dictionary<string, string>()));

    [Fact]
    public void Settings_reach_the_log()
    {
        var settings = new Dictionary<string, string>
        {
            ["cleanup.policy"] = "compact,delete",
            ["retention.ms"] = "1",
            ["retention.bytes"] = "2",
            ["segment.bytes"] = "3000",
            ["segment.ms"] = "4",
            ["max.message.bytes"] = "5",
            ["delete.retention.ms"] = "6",
            ["min.compaction.lag.ms"] = "7",
            ["min.cleanable.dirty.ratio"] = "0.25",
            ["message.timestamp.type"] = "LogAppendTime",
        };

        Assert.Null(TopicSettings.Problem(settings));
        Assert.Equal(
            new LogOptions
            {
                Compacts = true,
                RetentionMs = 1,
                RetentionBytes = 2,
                SegmentBytes = 3000,
                SegmentMs = 4,
                MaxMessageBytes = 5,
                DeleteRetentionMs = 6,
                MinCompactionLagMs = 7,
                MinCleanableDirtyRatio = 0.25,
                UsesLogAppendTime = true,
            },
            TopicSettings.ToLogOptions(settings));
    }

    [Fact]
    public void Every_default_is_allowed() => Assert.Null(TopicSettings.Problem(TopicSettings.All.ToDictionary(s => s.Key, s => s.Value.Default)));

    [Theory]
    [InlineData("cleanup.policy", "keep", "allowed is a list of delete and compact")]
    [InlineData("cleanup.policy", "", "allowed is a list of delete and compact")]
    [InlineData("cleanup.policy", "delete,delete", "allowed is a list of delete and compact")]
    [InlineData("retention.ms", "-2", "allowed is a whole number, at least -1")]
    [InlineData("retention.ms", "soon", "allowed is a whole number, at least -1")]
    [InlineData("segment.bytes", "1023", "allowed is a whole number from 1024 to 2147483647")]
    [InlineData("min.cleanable.dirty.ratio", "1.5", "allowed is a number from 0 to 1")]
    [InlineData("message.timestamp.type", "Now", "allowed is CreateTime or LogAppendTime")]
    [InlineData("compression.type", "zstd", "allowed is producer: this broker does nothing else")]
    [InlineData("min.insync.replicas", "2", "allowed is 1: this broker does nothing else")]
    public void A_wrong_value_is_told_what_is_allowed(string name, string value, string message)
    {
        var problem = TopicSettings.Problem(new Dictionary<string, string> { [name] = value });

        Assert.Contains(message, problem, StringComparison.Ordinal);
        Assert.Contains(name, problem, StringComparison.Ordinal);
    }

    [Fact]
    public void A_name_that_Kafka_does_not_know_is_refused() =>
        Assert.Contains("Unknown topic config name: retention", TopicSettings.Problem(new Dictionary<string, string> { ["retention"] = "1" }), StringComparison.Ordinal);
}
