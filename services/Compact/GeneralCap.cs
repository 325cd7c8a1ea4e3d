using streamdistill;

namespace StreamDistill.Compact;

/// <summary>
/// The GENERAL examples under <see cref="Balance.Cap"/>. Those that count are the first of them, ordered by question and
/// content: which ones depends on what is kept and not on how it came. Every change costs O(log n) and reweights as many
/// examples as the change moves over the border: one or two, but all of them when the first REASONING example arrives or
/// the last one goes.
/// </summary>
internal sealed class GeneralCap(double ratio)
{
    private static readonly IComparer<Place> Order = Comparer<Place>.Create((left, right) =>
    {
        var order = left.Question.CompareTo(right.Question);
        order = order != 0 ? order : left.ContentHash.CompareTo(right.ContentHash);
        return order != 0 ? order : string.CompareOrdinal(left.ExampleId, right.ExampleId);
    });

    private readonly SortedSet<Place> counted = new(Order);
    private readonly SortedSet<Place> waiting = new(Order);
    private readonly Dictionary<string, TrainingExample> values = [];
    private long reasoning;

    /// <summary>Takes in an example with the weight it has; <see cref="Rebalance"/> then says which weights have to change.</summary>
    public void Add(UInt128 question, RankedExample rank, TrainingExample example)
    {
        if (rank.Kind != Kind.GENERAL)
        {
            reasoning++;
            return;
        }

        values.Add(rank.ExampleId, example);
        (example.Weight > 0 ? counted : waiting).Add(new(question, rank.ContentHash, rank.ExampleId));
    }

    /// <summary>Forgets an example.</summary>
    public void Remove(UInt128 question, RankedExample rank)
    {
        if (rank.Kind != Kind.GENERAL)
        {
            reasoning--;
            return;
        }

        var place = new Place(question, rank.ContentHash, rank.ExampleId);
        values.Remove(rank.ExampleId);
        counted.Remove(place);
        waiting.Remove(place);
    }

    /// <summary>Brings the weights to the rule: the examples whose weight changed, with the new one, by example_id.</summary>
    public IReadOnlyList<KeyValuePair<string, TrainingExample>> Rebalance()
    {
        var cap = reasoning == 0 ? int.MaxValue : Math.Floor(reasoning / ratio);
        var moved = new HashSet<Place>();
        while (counted.Count > cap)
        {
            Move(counted.Max, counted, waiting, moved);
        }

        while (counted.Count < cap && waiting.Count > 0)
        {
            Move(waiting.Min, waiting, counted, moved);
        }

        while (counted.Count > 0 && waiting.Count > 0 && Order.Compare(waiting.Min, counted.Max) < 0)
        {
            Move(counted.Max, counted, waiting, moved);
            Move(waiting.Min, waiting, counted, moved);
        }

        return [.. moved.Select(Reweigh)];
    }

    private static void Move(Place place, SortedSet<Place> from, SortedSet<Place> to, HashSet<Place> moved)
    {
        from.Remove(place);
        to.Add(place);
        moved.Add(place);
    }

    private KeyValuePair<string, TrainingExample> Reweigh(Place place)
    {
        // A copy: the one before may still be on its way to the broker.
        var example = values[place.ExampleId] with { Weight = counted.Contains(place) ? 1 : 0 };
        values[place.ExampleId] = example;
        return new(place.ExampleId, example);
    }

    private readonly record struct Place(UInt128 Question, UInt128 ContentHash, string ExampleId);
}
