using Confluent.Kafka;
using Confluent.Kafka.Admin;

namespace StreamDistill.Interop.Conformance;

/// <content>The admin client, and what is refused.</content>
internal sealed partial class LibrdkafkaFeatures
{
    private async Task TopicsAsync()
    {
        var topic = await NewTopicAsync(partitions: 3);
        using var admin = Admin();
        var twice = await Assert.ThrowsAsync<CreateTopicsException>(() => admin.CreateTopicsAsync([new TopicSpecification { Name = topic, NumPartitions = 1 }]));
        Assert.Equal(ErrorCode.TopicAlreadyExists, twice.Results[0].Error.Code);
        var misnamed = await Assert.ThrowsAsync<CreateTopicsException>(() => admin.CreateTopicsAsync([new TopicSpecification { Name = "a/b", NumPartitions = 1 }]));
        Assert.Equal(ErrorCode.TopicException, misnamed.Results[0].Error.Code);
        var described = (await admin.DescribeTopicsAsync(TopicCollection.OfTopicNames([topic]))).TopicDescriptions[0];
        Assert.Equal(3, described.Partitions.Count);

        await admin.DeleteTopicsAsync([topic]);
        await EventuallyAsync("it is gone", () => admin.GetMetadata(Patience).Topics.TrueForAll(each => each.Topic != topic));
        var gone = await Assert.ThrowsAsync<DeleteTopicsException>(() => admin.DeleteTopicsAsync([topic]));
        Assert.Equal(ErrorCode.UnknownTopicOrPart, gone.Results[0].Error.Code);
    }

    private async Task PartitionsAsync()
    {
        var topic = await NewTopicAsync(partitions: 2);
        using var admin = Admin();
        await admin.CreatePartitionsAsync([new PartitionsSpecification { Topic = topic, IncreaseTo = 5 }]);
        Assert.Equal(5, admin.GetMetadata(topic, Patience).Topics[0].Partitions.Count);
        var fewer = await Assert.ThrowsAsync<CreatePartitionsException>(() => admin.CreatePartitionsAsync([new PartitionsSpecification { Topic = topic, IncreaseTo = 1 }]));
        Assert.Equal(ErrorCode.InvalidPartitions, fewer.Results[0].Error.Code);
    }

    private async Task ConfigsAsync()
    {
        var topic = await NewTopicAsync(configs: new() { ["retention.ms"] = "1000000" });
        using var admin = Admin();
        var resource = new ConfigResource { Type = ResourceType.Topic, Name = topic };
        async Task<string> ValueAsync(string key) => (await admin.DescribeConfigsAsync([resource]))[0].Entries[key].Value;
        async Task SetAsync(string key, string value, AlterConfigOpType operation) => await admin.IncrementalAlterConfigsAsync(
            new Dictionary<ConfigResource, List<ConfigEntry>> { [resource] = [new ConfigEntry { Name = key, Value = value, IncrementalOperation = operation }] });

        Assert.Equal("1000000", await ValueAsync("retention.ms"));
        await SetAsync("cleanup.policy", "compact", AlterConfigOpType.Set);
        Assert.Equal(("compact", "1000000"), (await ValueAsync("cleanup.policy"), await ValueAsync("retention.ms")));
        await SetAsync("cleanup.policy", "", AlterConfigOpType.Delete);
        Assert.Equal("delete", await ValueAsync("cleanup.policy"));
        var refused = await Assert.ThrowsAsync<IncrementalAlterConfigsException>(() => SetAsync("retention.ms", "soon", AlterConfigOpType.Set));
        Assert.Equal(ErrorCode.InvalidConfig, refused.Results[0].Error.Code);
    }

    private async Task DeleteRecordsAsync()
    {
        var topic = await NewTopicAsync();
        Produce(topic, Values(0, 10));
        using var admin = Admin();
        var deleted = await admin.DeleteRecordsAsync([new TopicPartitionOffset(First(topic), 6)]);
        Assert.Equal(6, deleted[0].Offset.Value);
        Assert.Equal(Values(6, 10), ReadAll(topic));
        using var consumer = Consumer();
        Assert.Equal((6, 10), (consumer.QueryWatermarkOffsets(First(topic), Patience).Low.Value, consumer.QueryWatermarkOffsets(First(topic), Patience).High.Value));
    }

    private async Task GroupsAsync()
    {
        var topic = await NewTopicAsync();
        var group = Cluster.NewTopic("group");
        using var admin = Admin();
        async Task<ConsumerGroupDescription> DescribedAsync() => (await admin.DescribeConsumerGroupsAsync([group])).ConsumerGroupDescriptions[0];
        using (var consumer = Consumer(config => config.GroupId = group))
        {
            consumer.Subscribe(topic);
            ToTheEnd(consumer);
            var described = await DescribedAsync();
            Assert.Equal((ConsumerGroupState.Stable, 1), (described.State, described.Members.Count));
            Assert.Equal(First(topic), Assert.Single(described.Members[0].Assignment.TopicPartitions));
            var busy = await Assert.ThrowsAsync<DeleteGroupsException>(() => admin.DeleteGroupsAsync([group]));
            Assert.Equal(ErrorCode.NonEmptyGroup, busy.Results[0].Error.Code);
            consumer.Close();
        }

        Assert.Contains((await admin.ListConsumerGroupsAsync()).Valid, listed => listed.GroupId == group && listed.State == ConsumerGroupState.Empty);
        await admin.DeleteGroupsAsync([group]);
        Assert.DoesNotContain((await admin.ListConsumerGroupsAsync()).Valid, listed => listed.GroupId == group);
    }

    private async Task GroupOffsetsAsync()
    {
        var topic = await NewTopicAsync();
        var group = Cluster.NewTopic("group");
        using var admin = Admin();
        await admin.AlterConsumerGroupOffsetsAsync([new ConsumerGroupTopicPartitionOffsets(group, [new TopicPartitionOffset(First(topic), 0)])]);
        var listed = await admin.ListConsumerGroupOffsetsAsync([new ConsumerGroupTopicPartitions(group, null)]);
        Assert.Equal(0, Assert.Single(listed[0].Partitions).Offset.Value);
        await admin.DeleteConsumerGroupOffsetsAsync(group, [First(topic)]);
        listed = await admin.ListConsumerGroupOffsetsAsync([new ConsumerGroupTopicPartitions(group, [First(topic)])]);
        Assert.Equal(Offset.Unset, listed[0].Partitions[0].Offset);
    }

    private async Task ListOffsetsAsync()
    {
        var topic = await NewTopicAsync();
        Produce(topic, Values(0, 3));
        using var admin = Admin();
        async Task<long> AtAsync(OffsetSpec spec) => (await admin.ListOffsetsAsync(
            [new TopicPartitionOffsetSpec { TopicPartition = First(topic), OffsetSpec = spec }], new ListOffsetsOptions { IsolationLevel = IsolationLevel.ReadCommitted }))
            .ResultInfos[0].TopicPartitionOffsetError.Offset.Value;
        Assert.Equal((0, 3), (await AtAsync(OffsetSpec.Earliest()), await AtAsync(OffsetSpec.Latest())));
        Assert.Contains(await AtAsync(OffsetSpec.MaxTimestamp()), new long[] { 0, 1, 2 });
    }

    private async Task DescribeClusterAsync()
    {
        using var admin = Admin();
        var cluster = await admin.DescribeClusterAsync();
        var node = Assert.Single(cluster.Nodes);
        Assert.Equal(stand.Bootstrap, $"{node.Host}:{node.Port}");
        Assert.Equal(node.Id, cluster.Controller.Id);
        Assert.False(string.IsNullOrEmpty(cluster.ClusterId));
    }

    private async Task RefusedAclsAsync()
    {
        using var admin = Admin();
        var filter = new AclBindingFilter
        {
            PatternFilter = new ResourcePatternFilter { Type = ResourceType.Any, ResourcePatternType = ResourcePatternType.Any },
            EntryFilter = new AccessControlEntryFilter { Operation = AclOperation.Any, PermissionType = AclPermissionType.Any },
        };
        AssertUnsupported(await Assert.ThrowsAnyAsync<KafkaException>(() => admin.DescribeAclsAsync(filter)));
    }

    private async Task RefusedScramAsync()
    {
        using var admin = Admin();
        AssertUnsupported(await Assert.ThrowsAnyAsync<KafkaException>(() => admin.DescribeUserScramCredentialsAsync([])));
    }

    private static void AssertUnsupported(KafkaException e) =>
        Assert.Contains(e.Error.Code, new[] { ErrorCode.Local_UnsupportedFeature, ErrorCode.UnsupportedVersion, ErrorCode.SecurityDisabled });
}
