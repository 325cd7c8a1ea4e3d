using System.Text;
using StreamDistill.Contracts;
using StreamDistill.Embedded.Broker.Catalog;
using StreamDistill.Embedded.Broker.Log;
using StreamDistill.Embedded.Broker.Protocol;

namespace StreamDistill.Embedded.Tests.Broker.Catalog;

public sealed class TopicCatalogTests : IDisposable
{
    private readonly TestCatalog test = new(new CatalogOptions { TopicPartitionsMax = 8, PartitionsMax = 20 });

    private TopicCatalog Catalog => test.Catalog;

    public void Dispose() => test.Dispose();

    [Fact]
    public void The_brokers_own_topics_are_there_from_the_start_compacted()
    {
        foreach (var name in new[] { TopicCatalog.ConsumerOffsets, TopicCatalog.TransactionState })
        {
            var topic = Catalog.Find(name)!;
            Assert.True(topic.IsInternal);
            Assert.True(Assert.Single(topic.Partitions).Options is { Compacts: true, Deletes: false });
        }
    }

    [Fact]
    public void Topics_settings_records_and_the_clusters_id_survive_a_restart()
    {
        var (clusterId, settings) = (Catalog.ClusterId, new Dictionary<string, string> { ["retention.ms"] = "1000" });
        Assert.Equal((ErrorCode.None, null), Catalog.Create("prompts", 3, settings));
        var id = Catalog.Find("prompts")!.Id;
        Append("prompts", 2, "kept");

        test.Restart();

        var topic = Catalog.Find("prompts")!;
        Assert.Equal((clusterId, id, 3), (Catalog.ClusterId, topic.Id, topic.Partitions.Count));
        Assert.Same(topic, Catalog.Find(id));
        Assert.Equal(settings, topic.Settings);
        Assert.Equal(1000, topic.Partitions[0].Options.RetentionMs);
        Assert.Equal([0, 0, 1], topic.Partitions.Select(p => p.EndOffset));
    }

    [Fact]
    public void A_topic_made_again_has_another_id_and_none_of_the_records()
    {
        Catalog.Create("prompts", 1, TestCatalog.NoSettings);
        Append("prompts", 0, "old");
        var old = Catalog.Find("prompts")!.Id;

        Assert.Equal(ErrorCode.None, Catalog.Delete("prompts").Error);
        Assert.Null(Catalog.Find("prompts"));
        Assert.Null(Catalog.Find(old));
        Catalog.Create("prompts", 1, TestCatalog.NoSettings);

        Assert.NotEqual(old, Catalog.Find("prompts")!.Id);
        Assert.Equal(0, Catalog.Partition("prompts", 0)!.EndOffset);
    }

    [Fact]
    public void A_deletion_that_a_crash_cut_short_is_finished_at_the_next_start()
    {
        var before = Folders();
        Catalog.Create("prompts", 2, TestCatalog.NoSettings);
        var added = Folders().Except(before).Single();
        Catalog.Delete("prompts");
        Assert.Equal(before, Folders());

        // As a crash between the catalog's file and the directories leaves it.
        Directory.CreateDirectory(Path.Combine(added, "0"));
        File.WriteAllText(Path.Combine(added, "0", "00000000000000000000.log"), "old");
        test.Restart();

        Assert.Equal(before, Folders());
        Assert.Null(Catalog.Find("prompts"));
    }

    [Fact]
    public void Partitions_that_a_crash_left_without_the_catalog_knowing_are_removed()
    {
        Catalog.Create("prompts", 1, TestCatalog.NoSettings);
        var folder = Folders().Single(f => Path.GetFileName(f).StartsWith("prompts.", StringComparison.Ordinal));
        Directory.CreateDirectory(Path.Combine(folder, "1"));

        test.Restart();

        Assert.Equal([Path.Combine(folder, "0")], Directory.GetDirectories(folder));
    }

    [Fact]
    public void A_partition_whose_files_somebody_removed_stops_the_start()
    {
        Catalog.Create("prompts", 1, TestCatalog.NoSettings);
        var folder = Folders().Single(f => Path.GetFileName(f).StartsWith("prompts.", StringComparison.Ordinal));
        Catalog.Dispose();
        Directory.Delete(Path.Combine(folder, "0"), recursive: true);

        var error = Assert.Throws<StreamDistillException>(test.Open);

        Assert.Contains("the records of prompts-0 are gone", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Two_brokers_do_not_use_one_directory()
    {
        var error = Assert.Throws<StreamDistillException>(test.Open);

        Assert.Contains("Another broker may be using it", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_damaged_catalog_stops_the_start_and_keeps_every_file()
    {
        Catalog.Create("prompts", 1, TestCatalog.NoSettings);
        var folders = Folders();
        Catalog.Dispose();
        File.AppendAllText(Path.Combine(test.Directory, "catalog"), " ");

        Assert.Throws<StreamDistillException>(test.Open);

        Assert.Equal(folders, Folders());
    }

    [Fact]
    public void Producer_ids_are_never_given_twice_after_a_restart_either()
    {
        var given = new HashSet<long>();
        for (var run = 0; run < 3; run++)
        {
            for (var i = 0; i < 1500; i++)
            {
                Assert.True(given.Add(Catalog.AllocateProducerIds(1)));
            }

            test.Restart();
        }

        var first = Catalog.AllocateProducerIds(5000);
        Assert.True(first > given.Max());
        Assert.True(Catalog.AllocateProducerIds(1) >= first + 5000);
    }

    [Theory]
    [InlineData("a b", 1, ErrorCode.InvalidTopic)]
    [InlineData("prompts", 1, ErrorCode.TopicAlreadyExists)]
    [InlineData("a_b", 1, ErrorCode.InvalidTopic)]
    [InlineData("zero", 0, ErrorCode.InvalidPartitions)]
    [InlineData("many", 9, ErrorCode.InvalidPartitions)]
    public void What_cannot_be_made_is_not(string name, int partitions, object error)
    {
        Catalog.Create("prompts", 1, TestCatalog.NoSettings);
        Catalog.Create("a.b", 1, TestCatalog.NoSettings);
        var folders = Folders();

        var result = Catalog.Create(name, partitions, TestCatalog.NoSettings);

        Assert.Equal(error, result.Error);
        Assert.NotNull(result.Message);
        Assert.Equal(folders, Folders());
    }

    [Fact]
    public void All_partitions_together_have_a_limit()
    {
        Assert.Equal(ErrorCode.None, Catalog.Create("one", 8, TestCatalog.NoSettings).Error);
        Assert.Equal(ErrorCode.None, Catalog.Create("two", 8, TestCatalog.NoSettings).Error);

        var result = Catalog.Create("three", 3, TestCatalog.NoSettings);

        Assert.Equal((ErrorCode.InvalidPartitions, "This broker has 18 partitions and takes 20; 3 more was asked for."), result);
    }

    [Fact]
    public void Validation_makes_nothing()
    {
        Assert.Equal((ErrorCode.None, null), Catalog.Create("prompts", 1, TestCatalog.NoSettings, validateOnly: true));
        Assert.Null(Catalog.Find("prompts"));
    }

    [Fact]
    public void A_topic_grows_and_keeps_what_it_has()
    {
        Catalog.Create("prompts", 2, TestCatalog.NoSettings);
        Append("prompts", 1, "kept");

        Assert.Equal((ErrorCode.None, null), Catalog.Grow("prompts", 4));
        Assert.Equal(ErrorCode.InvalidPartitions, Catalog.Grow("prompts", 4).Error);
        Assert.Equal(ErrorCode.InvalidPartitions, Catalog.Grow("prompts", 3).Error);
        test.Restart();

        Assert.Equal([0, 1, 0, 0], Catalog.Find("prompts")!.Partitions.Select(p => p.EndOffset));
    }

    [Fact]
    public void Settings_that_change_reach_the_logs_and_survive()
    {
        Catalog.Create("prompts", 1, TestCatalog.NoSettings);

        Assert.Equal((ErrorCode.None, null), Catalog.Alter("prompts", _ => new Dictionary<string, string> { ["cleanup.policy"] = "compact" }));

        Assert.True(Catalog.Partition("prompts", 0)!.Options.Compacts);
        test.Restart();
        Assert.True(Catalog.Partition("prompts", 0)!.Options.Compacts);
    }

    [Fact]
    public void The_brokers_own_topics_stay_as_they_are()
    {
        Assert.Equal(ErrorCode.InvalidTopic, Catalog.Delete(TopicCatalog.ConsumerOffsets).Error);
        Assert.Equal(ErrorCode.InvalidTopic, Catalog.Grow(TopicCatalog.ConsumerOffsets, 2).Error);
        Assert.Equal(ErrorCode.InvalidConfig, Catalog.Alter(TopicCatalog.ConsumerOffsets, _ => TestCatalog.NoSettings).Error);
    }

    private string[] Folders() => [.. Directory.GetDirectories(Path.Combine(test.Directory, "topics")).Order()];

    private void Append(string topic, int partition, string value) => Assert.Equal(
        ErrorCode.None,
        Catalog.Partition(topic, partition)!.Append(RecordBatch.Build([new LogRecord(0, 1, null, Encoding.UTF8.GetBytes(value))])).Error);
}
