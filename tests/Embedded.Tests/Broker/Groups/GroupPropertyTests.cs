using StreamDistill.Embedded.Broker.Groups;
using StreamDistill.Embedded.Broker.Protocol;

namespace StreamDistill.Embedded.Tests.Broker.Groups;

public sealed class GroupPropertyTests
{
    /// <summary>
    /// Members that join, beat, sync, leave, start again, hang up and die at random. After every step: at most one member per
    /// static id, a generation that never went back, and no deadline that has passed; at the end everybody was answered, and the
    /// group is empty and holds no memory.
    /// </summary>
    [Fact]
    public void Whatever_members_do_at_random_the_group_stays_consistent_and_answers_everybody()
    {
        for (var seed = 0; seed < 200; seed++)
        {
            new Simulation(seed).Run(steps: 250);
        }
    }

    private sealed class Simulation(int seed)
    {
        private readonly Random random = new(seed);
        private readonly GroupHarness on = new(new GroupOptions { MaxGroupSize = 6 });
        private readonly List<Task<JoinResult>> joins = [];
        private readonly List<Task<SyncResult>> syncs = [];
        private readonly List<(string Id, string? InstanceId)> known = [];
        private int generation;

        public void Run(int steps)
        {
            for (var i = 0; i < steps; i++)
            {
                Step();
                Check();
            }

            on.Advance(30 * 60_000);
            Assert.True(on.Group.State == GroupState.Empty, $"Seed {seed}: the group is {on.Group.State}.");
            Assert.True(joins.TrueForAll(join => join.IsCompleted) && syncs.TrueForAll(sync => sync.IsCompleted), $"Seed {seed}: somebody was not answered.");
            Assert.True(on.Budget.UsedBytes == 0, $"Seed {seed}: {on.Budget.UsedBytes} bytes are still taken.");
        }

        private void Step()
        {
            Collect();
            var (id, instanceId) = known.Count > 0 ? known[random.Next(known.Count)] : ("", null);
            var generation = on.Group.Generation - (random.Next(8) == 0 ? 1 : 0);
            switch (random.Next(12))
            {
                case 0:
                    joins.Add(on.Join(version: random.Next(2) == 0 ? 3 : 9, protocols: Protocols()));
                    break;
                case 1:
                    Restart($"i{random.Next(3)}");
                    break;
                case 2 or 3:
                    joins.Add(on.Join(id, instanceId, protocols: Protocols()));
                    break;
                case 4 or 5:
                    syncs.Add(on.Sync(id, generation, instanceId, [.. known.Select(member => (member.Id, new byte[random.Next(9)]))]));
                    break;
                case 6:
                    on.Leave(id, instanceId);
                    break;
                case 7 when joins.Count > 0:
                    on.Group.AbandonJoin(joins[random.Next(joins.Count)]);
                    break;
                case 8 when syncs.Count > 0:
                    on.Group.AbandonSync(syncs[random.Next(syncs.Count)]);
                    break;
                case 9:
                    on.Advance(random.Next(20) == 0 ? 70_000 : random.Next(4000));
                    break;
                default:
                    on.Heartbeat(id, generation, instanceId);
                    break;
            }
        }

        private void Restart(string instanceId)
        {
            var join = on.Join(instanceId: instanceId, version: random.Next(2) == 0 ? 8 : 9, protocols: Protocols());
            joins.Add(join);
            foreach (var member in on.Group.Describe().Members.Where(member => member.InstanceId == instanceId))
            {
                known.Add((member.MemberId, instanceId));
            }
        }

        private void Collect()
        {
            foreach (var result in joins.Where(join => join.IsCompleted).Select(join => join.Result).Where(result => result.MemberId.Length > 0))
            {
                if (!known.Exists(member => member.Id == result.MemberId))
                {
                    known.Add((result.MemberId, result.MemberId.StartsWith('i') ? result.MemberId[..2] : null));
                }
            }

            joins.RemoveAll(join => join.IsCompleted);
            syncs.RemoveAll(sync => sync.IsCompleted);

            if (known.Count > 20)
            {
                known.RemoveRange(0, known.Count - 20);
            }
        }

        private GroupProtocol[] Protocols() => random.Next(3) switch
        {
            0 => [GroupHarness.Offer("range", "t")],
            1 => [GroupHarness.Offer("range", "t"), GroupHarness.Offer("sticky", "t")],
            _ => [GroupHarness.Offer("sticky", "t", "u"), GroupHarness.Offer("range", "u")],
        };

        private void Check()
        {
            var described = on.Group.Describe();
            var statics = described.Members.Where(member => member.InstanceId is not null).Select(member => member.InstanceId).ToArray();
            Assert.True(statics.Distinct().Count() == statics.Length, $"Seed {seed}: two members have one static id.");
            Assert.True(described.Members.Count <= 6, $"Seed {seed}: there are {described.Members.Count} members.");
            Assert.True(on.Group.Generation >= generation, $"Seed {seed}: the generation went back.");
            generation = on.Group.Generation;
            Assert.True(described.Members.Count > 0 || described.State is GroupState.Empty or GroupState.PreparingRebalance, $"Seed {seed}: {described.State} without members.");
            Assert.True(described.Members.Count == 0 || described.State != GroupState.Empty, $"Seed {seed}: empty with members.");
            Assert.True(described.Members.Count == 0 || on.Group.NextDeadlineMs is not null, $"Seed {seed}: nothing would ever end this.");
            foreach (var leaders in joins.Where(join => join.IsCompleted && join.Result is { Error: ErrorCode.None, Members.Count: > 0 }).Select(join => join.Result))
            {
                var ids = leaders.Members.Where(member => member.InstanceId is not null).Select(member => member.InstanceId).ToArray();
                Assert.True(ids.Distinct().Count() == ids.Length, $"Seed {seed}: a leader saw one static id twice.");
            }
        }
    }
}
