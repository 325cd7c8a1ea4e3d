using System.Globalization;
using streamdistill;
using StreamDistill.Contracts;

namespace StreamDistill.Train;

/// <summary>Reads the example log and makes rounds of it. The result depends on the log and the last round alone.</summary>
internal sealed class RoundPlanner(TrainOptions options, IExampleLog log, ExampleEncoder encoder, TimeProvider time, ILogger logger)
{
    private static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(1);

    /// <summary>Waits for enough new examples, and makes the round after the last one of them.</summary>
    /// <param name="last">The round before; null for the first.</param>
    /// <param name="withdrawn">Takes the examples withdrawn after they were trained, and the rounds that trained them first.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <returns>
    /// Null where the log has an end and nothing is left to train. A log that has nothing but held-out examples is one round
    /// without steps: the base model is judged by them.
    /// </returns>
    public async Task<Round?> NextAsync(Round? last, ICollection<(UInt128 Id, int Round)> withdrawn, CancellationToken cancellationToken)
    {
        var from = last?.Plan.To ?? new Dictionary<int, long>();
        var draft = new Draft(last, options);
        encoder.Counts = last?.Plan.Encoding ?? new EncodingCounts();
        var to = from;
        do
        {
            var start = to;
            var ends = await WaitAsync(start, cancellationToken);
            to = Cut(start, ends, options.RoundExamplesMax);
            if (NewRecords(start, to) == 0)
            {
                return last is null && draft.HasHoldout ? draft.ToRound(from, to, encoder.Counts) : null;
            }

            await foreach (var record in log.ReadAsync(start, to, cancellationToken))
            {
                draft.Take(record, encoder, withdrawn);
            }
        }
        while (draft.NewExamples == 0);

        var round = draft.ToRound(from, to, encoder.Counts);
        logger.LogInformation(
            "Round {Round}: {New} new examples and {Replayed} of earlier rounds, {Holdout} prompts held out; left out so far: {TooLong} too long, {WithoutTarget} without the target {Target}",
            round.Plan.Number, round.Plan.NewExamples, round.Examples.Count - round.Plan.NewExamples, round.Holdout.Count,
            round.Plan.Encoding.TooLong, round.Plan.Encoding.WithoutTarget, options.Target);
        return round;
    }

    /// <summary>Where a round ends: every partition gives the same number of records at most, so that none waits for another.</summary>
    internal static IReadOnlyDictionary<int, long> Cut(IReadOnlyDictionary<int, long> from, IReadOnlyDictionary<int, long> ends, int recordsMax)
    {
        var growing = ends.Count(end => end.Value > from.GetValueOrDefault(end.Key, 0));
        var share = Math.Max(1, recordsMax / Math.Max(1, growing));
        return ends.ToDictionary(end => end.Key, end => Math.Min(end.Value, from.GetValueOrDefault(end.Key, 0) + share));
    }

    private static long NewRecords(IReadOnlyDictionary<int, long> from, IReadOnlyDictionary<int, long> ends) =>
        ends.Sum(end => Math.Max(0, end.Value - from.GetValueOrDefault(end.Key, 0)));

    private async Task<IReadOnlyDictionary<int, long>> WaitAsync(IReadOnlyDictionary<int, long> from, CancellationToken cancellationToken)
    {
        long? since = null;
        while (true)
        {
            var ends = await log.EndsAsync(cancellationToken);
            var records = NewRecords(from, ends);
            since ??= records > 0 ? time.GetTimestamp() : null;
            if (!log.IsEndless || records >= options.RoundExamplesMin || (since is { } first && time.GetElapsedTime(first) >= options.RoundWait))
            {
                return ends;
            }

            await Task.Delay(LookAgain, time, cancellationToken);
        }
    }

    /// <summary>A round in the making.</summary>
    private sealed class Draft(Round? last, TrainOptions options)
    {
        private readonly OrderedDictionary<UInt128, EncodedExample> fresh = [];
        private readonly Dictionary<UInt128, int> trained = last is null ? [] : new(last.Trained);
        private readonly Dictionary<UInt128, EncodedExample> replay = ReplayAfter(last, options);
        private readonly Dictionary<string, TrainingExample> holdout = (last?.Holdout ?? []).ToDictionary(example => example.ExampleId);
        private readonly int number = (last?.Plan.Number ?? 0) + 1;

        public int NewExamples => fresh.Count;

        public bool HasHoldout => holdout.Count > 0;

        public void Take(ExampleRecord record, ExampleEncoder encoder, ICollection<(UInt128 Id, int Round)> withdrawn)
        {
            // A later record of an example takes the earlier one's place: withdrawn, reweighted or moved to the holdout.
            var id = record.Id;
            fresh.Remove(id);
            holdout.Remove(StableId.Text(id));
            if (record.Example is not { } example)
            {
                replay.Remove(id);
                if (trained.TryGetValue(id, out var round))
                {
                    withdrawn.Add((id, round));
                }
            }
            else if (example.Split == Split.HOLDOUT)
            {
                replay.Remove(id);
                holdout[StableId.Text(id)] = example;
            }
            else if (trained.ContainsKey(id))
            {
                Reweigh(id, (float)example.Weight);
            }
            else if (example.Weight > 0 && encoder.Encode(id, example) is { } encoded)
            {
                fresh[id] = encoded;
            }
        }

        public Round ToRound(IReadOnlyDictionary<int, long> from, IReadOnlyDictionary<int, long> to, EncodingCounts counts)
        {
            var drawable = replay.Values.Where(example => example.Weight > 0).ToList();
            var wanted = (int)Math.Min(drawable.Count, Math.Round(fresh.Count * options.ReplayShare / (1 - options.ReplayShare)));
            var replayed = Round.InRandomOrder(drawable, string.Create(CultureInfo.InvariantCulture, $"{options.Seed}/{number}/replay")).Take(wanted);
            foreach (var id in fresh.Keys)
            {
                trained.Add(id, number);
            }

            var plan = new RoundPlan(
                number, from, to, options.Seed, options.Passes, options.SequenceLength, options.TokensPerStep, options.GradientAccumulation, fresh.Count, counts);
            return new Round(plan, [.. fresh.Values, .. replayed], [.. replay.Values], [.. Held()], trained);
        }

        /// <summary>
        /// The examples that may be replayed once a round is done: of all there were, those whose hash is smallest. That is a
        /// uniform sample whatever the order they came in, and stays one when some are withdrawn.
        /// </summary>
        private static Dictionary<UInt128, EncodedExample> ReplayAfter(Round? round, TrainOptions options) => round is null
            ? []
            : Round.InRandomOrder(round.Replay.UnionBy(round.Examples, example => example.Id), string.Create(CultureInfo.InvariantCulture, $"{options.Seed}/reservoir"))
                .Take(options.ReplayExamplesMax)
                .ToDictionary(example => example.Id);

        private IEnumerable<TrainingExample> Held() => holdout.Values
            .OrderBy(example => example.ContentHash, StringComparer.Ordinal).ThenBy(example => example.ExampleId, StringComparer.Ordinal)
            .Take(options.Evaluation.HoldoutMax);

        /// <summary>One of weight 0 stays, for it may get its weight back, but is not drawn.</summary>
        private void Reweigh(UInt128 id, float weight)
        {
            if (replay.TryGetValue(id, out var kept))
            {
                replay[id] = kept with { Weight = weight };
            }
        }
    }
}
