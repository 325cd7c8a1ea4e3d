using StreamDistill.Student;

namespace Student.Tests.Generation;

public sealed class SamplerTests
{
    private const int Draws = 20_000;

    private static readonly double[] Shares = [0.30, 0.05, 0.25, 0.02, 0.20, 0.08, 0.10];

    [Theory]
    [InlineData(1.0, 1.0, 0)]
    [InlineData(0.5, 1.0, 0)]
    [InlineData(2.0, 1.0, 0)]
    [InlineData(1.0, 0.6, 0)]
    [InlineData(1.0, 0.75, 0)]
    [InlineData(1.0, 1.0, 3)]
    [InlineData(0.7, 0.9, 5)]
    [InlineData(1.5, 0.01, 0)]
    [InlineData(1.0, 0.5, 1000)]
    public void Tokens_are_drawn_by_their_shares(double temperature, double topP, int topK)
    {
        var expected = Expected(temperature, topP, topK);
        var sampler = new Sampler(Shares.Length);
        var counts = new int[Shares.Length];
        for (var draw = 0; draw < Draws; draw++)
        {
            counts[sampler.Pick(Logprobs(), new SamplingOptions(temperature, topP, topK), Randomness.Uniform(42, draw))]++;
        }

        Assert.All(expected.Zip(counts), pair => Assert.True(pair.First > 0 || pair.Second == 0, "a token that is cut off was drawn"));
        var surprise = expected.Zip(counts).Where(pair => pair.First > 0)
            .Sum(pair => Math.Pow(pair.Second - (pair.First * Draws), 2) / (pair.First * Draws));

        // The 99.9th percentile of chi-square with 6 degrees of freedom; the seed is fixed.
        Assert.True(surprise < 22.5, $"chi-square {surprise}");
    }

    [Fact]
    public void Temperature_0_takes_the_likeliest_token_and_of_equals_the_first()
    {
        var sampler = new Sampler(4);

        Assert.All([0, 0.5, 0.999], uniform => Assert.Equal(1, sampler.Pick([-3f, -1f, -1f, -2f], new SamplingOptions(0), uniform)));
    }

    [Fact]
    public void A_temperature_near_0_takes_the_likeliest_token() =>
        Assert.Equal(1, new Sampler(3).Pick([-3f, -1f, -2f], new SamplingOptions(double.Epsilon), 0.99));

    [Fact]
    public void Only_tokens_with_a_probability_are_drawn()
    {
        var sampler = new Sampler(3);
        float[] logprobs = [float.NegativeInfinity, 0f, float.NegativeInfinity];

        Assert.All([0, 0.5, 1 - 1e-16], uniform => Assert.Equal(1, sampler.Pick(logprobs, new SamplingOptions(), uniform)));
        Assert.Equal(1, sampler.Pick(logprobs, new SamplingOptions(TopK: 3), 1 - 1e-16));
    }

    [Fact]
    public void Top_k_reaches_into_a_long_flat_tail()
    {
        // One likely token and 5,000 that are a millionth as likely each: top-k 100 takes 99 of those, the first ones.
        var logprobs = Enumerable.Range(0, 5_001).Select(id => id == 17 ? 0f : MathF.Log(1e-6f)).ToArray();
        var sampler = new Sampler(logprobs.Length);

        var drawn = Enumerable.Range(0, 300).Select(draw => sampler.Pick(logprobs, new SamplingOptions(5, TopK: 100), Randomness.Uniform(1, draw))).ToHashSet();

        Assert.Contains(17, drawn);
        Assert.InRange(drawn.Max(), 80, 99);
    }

    [Fact]
    public void The_likeliest_tokens_are_reported_in_order()
    {
        Assert.Equal([(1, -1f), (3, -1f), (2, -2f)], Sampler.Top([-3f, -1f, -2f, -1f, -9f], 3));
        Assert.Empty(Sampler.Top([-1f], 0));
        Assert.Empty(Sampler.Top([-1f], -1));
        Assert.Equal(2, Sampler.Top([-1f, -2f], 20).Length);
    }

    [Fact]
    public void Random_numbers_depend_on_seed_and_position_only_and_are_even()
    {
        Assert.Equal(Randomness.Uniform(5, 9), Randomness.Uniform(5, 9));
        Assert.NotEqual(Randomness.Uniform(5, 9), Randomness.Uniform(6, 9));
        Assert.NotEqual(Randomness.Uniform(5, 9), Randomness.Uniform(5, 10));

        var bins = new int[20];
        for (var seed = 0; seed < 1_000; seed++)
        {
            for (var position = 0; position < 20; position++)
            {
                bins[(int)(Randomness.Uniform(seed, position) * bins.Length)]++;
            }
        }

        // The 99.9th percentile of chi-square with 19 degrees of freedom.
        Assert.InRange(bins.Sum(count => Math.Pow(count - 1_000, 2) / 1_000), 0, 43.8);
    }

    [Theory]
    [InlineData("Temperature", -0.1)]
    [InlineData("Temperature", double.NaN)]
    [InlineData("TopP", 0)]
    [InlineData("TopP", 1.1)]
    [InlineData("TopK", -1)]
    [InlineData("MaxTokens", 0)]
    [InlineData("TopLogprobs", 21)]
    public void An_option_out_of_range_is_named(string name, double value)
    {
        var sampling = name switch
        {
            "Temperature" => new SamplingOptions(Temperature: value),
            "TopP" => new SamplingOptions(TopP: value),
            "TopK" => new SamplingOptions(TopK: (int)value),
            "MaxTokens" => new SamplingOptions(MaxTokens: (int)value),
            _ => new SamplingOptions(TopLogprobs: (int)value),
        };

        Assert.StartsWith($"{name} is ", Assert.Throws<ArgumentException>(sampling.Validate).Message, StringComparison.Ordinal);
    }

    private static float[] Logprobs() => [.. Shares.Select(share => (float)Math.Log(share))];

    private static double[] Expected(double temperature, double topP, int topK)
    {
        var shares = Normed([.. Shares.Select(share => Math.Pow(share, 1 / temperature))]);
        var order = Enumerable.Range(0, shares.Length).OrderByDescending(id => shares[id]).ToList();
        foreach (var id in order.Skip(topK == 0 ? shares.Length : topK))
        {
            shares[id] = 0;
        }

        shares = Normed(shares);
        var reached = 0.0;
        foreach (var id in order)
        {
            var share = shares[id];
            shares[id] = reached < topP - 1e-9 ? share : 0;
            reached += share;
        }

        return Normed(shares);
    }

    private static double[] Normed(double[] weights) => [.. weights.Select(weight => weight / weights.Sum())];
}
