namespace StreamDistill.Train.Tests.Batches;

public sealed class PackerTests
{
    [Fact]
    public void Each_example_goes_into_the_first_row_with_room()
    {
        int[] sizes = [6, 5, 4, 3, 2];

        var rows = Packer.Rows([.. sizes.Select((size, number) => Samples.Encoded(number, 1, size - 1))], 10);

        Assert.Equal([[6, 4], [5, 3, 2]], rows.Select(row => row.Select(example => example.Tokens.Length)));
    }

    [Fact]
    public void No_row_is_overfull_and_no_example_is_lost()
    {
        var random = new Random(4);
        var examples = Enumerable.Range(0, 500).Select(number => Samples.Encoded(number, random.Next(1, 30), random.Next(1, 34))).ToList();

        var rows = Packer.Rows(examples, 64);

        Assert.All(rows, row => Assert.InRange(row.Sum(example => example.Tokens.Length), 1, 64));
        Assert.Equal(examples.Select(example => example.Id).Order(), rows.SelectMany(row => row).Select(example => example.Id).Order());
        Assert.True(examples.Sum(example => example.Tokens.Length) > 0.9 * 64 * rows.Count, $"{rows.Count} rows");
    }

    [Fact]
    public void A_step_has_the_rows_that_its_tokens_allow()
    {
        var plan = new RoundPlan(1, new Dictionary<int, long>(), new Dictionary<int, long>(), 1, 1, 10, 25, 3, 13, new EncodingCounts());

        var steps = Packer.Steps([.. Enumerable.Range(0, 13).Select(number => Samples.Encoded(number, 5, 5))], plan);

        Assert.Equal([[2, 2, 2], [2, 2, 2], [1]], steps.Select(step => step.Select(pack => pack.Count)));
    }
}
