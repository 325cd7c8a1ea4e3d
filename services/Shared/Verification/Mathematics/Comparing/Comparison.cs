namespace StreamDistill.Verification.Mathematics;

/// <summary>Whether an answer says the same as the reference, in another notation it may be.</summary>
internal sealed class Comparison(Budget budget)
{
    private const int ItemsMax = 64;

    private readonly Regions regions = new(budget);
    private readonly Scalars scalars = new(budget);

    /// <exception cref="UndecidedException">That cannot be said, with the reason.</exception>
    public Likeness Compare(MathNode gold, MathNode answer)
    {
        budget.Spend(5);
        if (Normal.Approximated(answer) is var (exact, rounded))
        {
            // 1/3 ≈ 0.333 is right where 1/3 is, and where 0.333 is.
            return Compare(gold, exact).Or(() => Compare(gold, rounded));
        }

        if (Normal.Approximated(gold) is var (mine, its))
        {
            return Compare(mine, answer).Or(() => Compare(its, answer));
        }

        return gold.Equals(answer) ? Likeness.Equal : CompareNormal(Normal.Of(gold), Normal.Of(answer));
    }

    private Likeness CompareNormal(MathNode gold, MathNode answer)
    {
        if (gold.Equals(answer))
        {
            return Likeness.Equal;
        }

        if (gold is RelationNode || answer is RelationNode)
        {
            return Relations(gold, answer);
        }

        if (gold is TextNode || answer is TextNode)
        {
            return Texts(gold, answer);
        }

        if (gold is MatrixNode || answer is MatrixNode)
        {
            return Matrices(gold, answer);
        }

        if (AreTuples(gold, answer))
        {
            return Ordered(gold, answer);
        }

        if (regions.Of(gold) is not null || regions.Of(answer) is not null)
        {
            return Sets(gold, answer);
        }

        if (gold is CollectionNode || answer is CollectionNode)
        {
            return Collections(gold, answer);
        }

        if (gold is IntervalNode mine && answer is IntervalNode other)
        {
            return Likenesses.Of(mine.HasLow == other.HasLow && mine.HasHigh == other.HasHigh).And(() => Compare(mine.Low, other.Low)).And(() => Compare(mine.High, other.High));
        }

        return Scalars.IsScalar(gold) && Scalars.IsScalar(answer) ? scalars.Compare(gold, answer) : Likeness.Different;
    }

    /// <summary>Equations and inequalities; x = 5 is 5.</summary>
    private Likeness Relations(MathNode gold, MathNode answer)
    {
        var (mine, its) = (Normal.Assigned(gold), Normal.Assigned(answer));
        if (mine is { } expected && its is { } found && expected.Name == found.Name)
        {
            return Compare(expected.Value, found.Value);
        }

        if (mine is { } given && answer is not RelationNode)
        {
            return Compare(given.Value, answer);
        }

        if (its is { } stated && gold is not RelationNode)
        {
            return Compare(gold, stated.Value);
        }

        if (regions.Of(gold) is not null || regions.Of(answer) is not null)
        {
            return gold is RelationNode && answer is RelationNode && !Sampling.Variables(gold).SetEquals(Sampling.Variables(answer)) ? Likeness.Different : Sets(gold, answer);
        }

        if (gold is RelationNode { Relations.Length: > 1 } chain && answer is RelationNode { Relations.Length: > 1 } otherChain)
        {
            return Chains(Rising(chain), Rising(otherChain));
        }

        if (gold is not RelationNode { Relations: [var relation], Sides: [var left, var right] } || answer is not RelationNode { Relations: [var itsRelation], Sides: [var itsLeft, var itsRight] })
        {
            var other = gold is RelationNode ? answer : gold;
            return other is RelationNode or IntervalNode or SetOperationNode or CollectionNode { Items.Length: 2 } ? Likeness.Undecided : Likeness.Different;
        }

        return Equations(relation, Difference(relation, left, right), itsRelation, Difference(itsRelation, itsLeft, itsRight), Sampling.Variables(gold, answer));
    }

    /// <summary>a &lt; b &lt; c, written upwards.</summary>
    private static RelationNode Rising(RelationNode chain) => chain.Relations.All(each => each is '>' or '≥')
        ? new RelationNode(string.Concat(chain.Relations.Reverse().Select(each => each == '>' ? '<' : '≤')), [.. chain.Sides.Reverse()])
        : chain;

    /// <summary>The same things in another order are another statement; of other things nothing is known.</summary>
    private Likeness Chains(RelationNode gold, RelationNode answer)
    {
        if (gold.Sides.All(side => answer.Sides.Contains(side)) && answer.Sides.All(side => gold.Sides.Contains(side)))
        {
            return Likenesses.Of(gold.Equals(answer));
        }

        return gold.Relations == answer.Relations && All(gold.Sides, answer.Sides) == Likeness.Equal ? Likeness.Equal : Likeness.Undecided;
    }

    /// <summary>Less is more the other way round.</summary>
    private static MathNode Difference(char relation, MathNode left, MathNode right) =>
        relation is '>' or '≥' ? new CallNode("-", right, left) : new CallNode("-", left, right);

    private Likeness Equations(char relation, MathNode gold, char other, MathNode answer, SortedSet<string> variables)
    {
        static char Kind(char relation) => relation switch { '>' => '<', '≥' => '≤', _ => relation };
        if (Kind(relation) != Kind(other))
        {
            return Likeness.Different;
        }

        var proportion = Sampling.Proportion(gold, answer, variables, budget);
        if (proportion is null or 0)
        {
            return proportion is null || Kind(relation) is not '=' ? Likeness.Undecided : Curves.Compare(gold, answer, variables, budget);
        }

        return Likenesses.Of(proportion > 0 || Kind(relation) is '=' or '≠');
    }

    private Likeness Sets(MathNode gold, MathNode answer)
    {
        if (regions.OfAny(gold) is { } mine && regions.OfAny(answer) is { } its)
        {
            return Likenesses.Of(mine.IsSameAs(its));
        }

        return gold is RelationNode || answer is RelationNode ? Likeness.Undecided : Likeness.Different;
    }

    private static Likeness Texts(MathNode gold, MathNode answer)
    {
        if (gold is TextNode mine && answer is TextNode its)
        {
            return Likenesses.Of(mine.Text == its.Text);
        }

        var (text, other) = gold is TextNode said ? (said.Text, answer) : (((TextNode)answer).Text, gold);
        return text switch
        {
            "infinity" => Likenesses.Of(other is SymbolNode { Name: "infty" }),
            "RR" => Likenesses.Of(other is SymbolNode { Name: "RR" } or IntervalNode { Low: CallNode { Name: "neg", Arguments: [SymbolNode { Name: "infty" }] }, High: SymbolNode { Name: "infty" } }
                or CollectionNode { Kind: CollectionKind.Tuple, Items: [CallNode { Name: "neg", Arguments: [SymbolNode { Name: "infty" }] }, SymbolNode { Name: "infty" }] }),
            "" => Likenesses.Of(other is CollectionNode { Items.Length: 0 }),

            // An answer in words where there should be mathematics may say it in another way.
            _ => gold is TextNode || text is "undefined" or "true" or "false" or "yes" or "no" ? Likeness.Different : Likeness.Undecided,
        };
    }

    /// <summary>A vector may be written as a row or column, or as a tuple.</summary>
    private Likeness Matrices(MathNode gold, MathNode answer)
    {
        if (gold is MatrixNode mine && answer is MatrixNode its)
        {
            return mine.Rows.Length == its.Rows.Length && mine.Rows[0].Length == its.Rows[0].Length ? All([.. mine.Rows.SelectMany(row => row)], [.. its.Rows.SelectMany(row => row)]) : Likeness.Different;
        }

        var (matrix, other) = gold is MatrixNode given ? (given, answer) : ((MatrixNode)answer, gold);
        var isVector = matrix.Rows.Length == 1 || matrix.Rows[0].Length == 1;
        MathNode[] entries = [.. matrix.Rows.SelectMany(row => row)];
        return !isVector || other is not CollectionNode { Kind: CollectionKind.Tuple or CollectionKind.Bracket or CollectionKind.List } tuple || tuple.Items.Length != entries.Length ? Likeness.Different
            : gold is MatrixNode ? All(entries, tuple.Items) : All(tuple.Items, entries);
    }

    /// <summary>[1, 2] beside (1, 2) is a closed interval beside an open one; with more elements both are tuples.</summary>
    private static bool AreTuples(MathNode gold, MathNode answer) =>
        IsOrdered(gold) && IsOrdered(answer) && (((CollectionNode)gold).Kind == ((CollectionNode)answer).Kind || ((CollectionNode)gold).Items.Length != 2 || ((CollectionNode)answer).Items.Length != 2);

    private static bool IsOrdered(MathNode node) => node is CollectionNode { Kind: CollectionKind.Tuple or CollectionKind.Bracket };

    private Likeness Ordered(MathNode gold, MathNode answer)
    {
        var (mine, its) = (((CollectionNode)gold).Items, ((CollectionNode)answer).Items);
        return mine.Length == its.Length ? All(mine, its) : Likeness.Different;
    }

    private Likeness All(MathNode[] gold, MathNode[] answer)
    {
        var likeness = Likeness.Equal;
        for (var i = 0; i < gold.Length && likeness != Likeness.Different; i++)
        {
            var at = i;
            likeness = likeness.And(() => Compare(gold[at], answer[at]));
        }

        return likeness;
    }

    private Likeness Collections(MathNode gold, MathNode answer)
    {
        if (gold is CollectionNode mine && answer is CollectionNode its)
        {
            if (Normal.Named(mine) is { } expected)
            {
                return Normal.Named(its) is { } found
                    ? expected.Keys.SequenceEqual(found.Keys) ? All([.. expected.Values], [.. found.Values]) : Likeness.Different
                    : Named(mine, expected, its, isGold: true);
            }

            if (Normal.Named(its) is { } named)
            {
                return Named(its, named, mine, isGold: false);
            }

            var isOrdered = IsOrdered(gold) || IsOrdered(answer);
            if (isOrdered)
            {
                // (1, 2) is 1, 2 in this order; it is no set.
                return (mine.Kind == CollectionKind.List || its.Kind == CollectionKind.List) && mine.Items.Length == its.Items.Length ? All(mine.Items, its.Items) : Likeness.Different;
            }

            return Unordered(mine.Items, its.Items);
        }

        var (collection, other, isGold) = gold is CollectionNode given ? (given, answer, true) : ((CollectionNode)answer, gold, false);
        return IsOrdered(collection) ? Likeness.Different : isGold ? Unordered(collection.Items, [other]) : Unordered([other], collection.Items);
    }

    /// <summary>x = 1, y = 2 is (1, 2) by the names' order, or as it stands.</summary>
    private Likeness Named(CollectionNode collection, SortedDictionary<string, MathNode> values, CollectionNode other, bool isGold)
    {
        if (other.Items.Length != values.Count || other.Kind == CollectionKind.Alternatives)
        {
            return Likeness.Different;
        }

        MathNode[] byName = [.. values.Values], asWritten = [.. collection.Items.Select(item => Normal.Assigned(item)!.Value.Value)];
        return isGold ? All(byName, other.Items).Or(() => All(asWritten, other.Items)) : All(other.Items, byName).Or(() => All(other.Items, asWritten));
    }

    /// <summary>Each is among the others, and the reverse.</summary>
    private Likeness Unordered(MathNode[] gold, MathNode[] answer)
    {
        if (gold.Length > ItemsMax || answer.Length > ItemsMax)
        {
            throw new UndecidedException(ReasonCodes.TooLarge, $"it has more than {ItemsMax} elements");
        }

        if (gold.Length == 0 || answer.Length == 0)
        {
            return Likenesses.Of(gold.Length == answer.Length);
        }

        var table = new Likeness[gold.Length, answer.Length];
        for (var i = 0; i < gold.Length; i++)
        {
            for (var j = 0; j < answer.Length; j++)
            {
                table[i, j] = Compare(gold[i], answer[j]);
            }
        }

        var likeness = Likeness.Equal;
        for (var i = 0; i < gold.Length; i++)
        {
            likeness = likeness.And(() => Best(j => table[i, j], answer.Length));
        }

        for (var j = 0; j < answer.Length; j++)
        {
            likeness = likeness.And(() => Best(i => table[i, j], gold.Length));
        }

        return likeness;
    }

    private static Likeness Best(Func<int, Likeness> at, int count)
    {
        var best = Likeness.Different;
        for (var i = 0; i < count; i++)
        {
            best = best.Or(() => at(i));
        }

        return best;
    }
}
