namespace StreamDistill.Cli.Demo;

/// <summary>
/// Word problems that a model of a million parameters learns within the hour: two to four steps, and numbers that a pupil
/// calculates in the head. Every result is a whole number above 0.
/// </summary>
internal static class SimpleTemplates
{
    /// <summary>Each makes a problem about the person named.</summary>
    public static IReadOnlyList<Func<DemoRandom, string, WordProblem>> All { get; } = [Eggs, Change, Shopping, Ages, Ride, Tickets, Sharing];

    private static Term Result(int step) => Term.ResultOf(step);

    private static WordProblem Eggs(DemoRandom random, string name)
    {
        int laid = random.Next(8, 20), eaten = random.Next(2, 6), price = random.Next(2, 5);
        return new(
            $"{name}'s hens lay {laid} eggs. {name} eats {eaten} of them and sells the rest at the market for ${price} each. How many dollars does {name} make?",
            "",
            [
                new(laid, '-', eaten, "That leaves {0} eggs to sell."),
                new(Result(0), '*', price, "At the market they bring {0}.", IsMoney: true),
            ]);
    }

    private static WordProblem Change(DemoRandom random, string name)
    {
        int count = random.Next(2, 6), price = random.Next(2, 6);
        var paid = random.Pick<int>(count * price < 20 ? [20, 50] : [50]);
        var item = random.Pick<string>(["books", "lamps", "plants", "brushes"]);
        return new(
            $"{name} buys {count} {item} at ${price} each and pays with ${paid}. How much change, in dollars, does {name} get?",
            "",
            [
                new(count, '*', price, $"The {item} cost {{0}}.", IsMoney: true),
                new(paid, '-', Result(0), "The change is {0}.", IsMoney: true),
            ]);
    }

    private static WordProblem Shopping(DemoRandom random, string name)
    {
        int count = random.Next(2, 6), price = random.Next(2, 6), otherCount = random.Next(2, 6), otherPrice = random.Next(2, 6);
        var (item, other) = random.Pick<(string, string)>([("notebooks", "pens"), ("sandwiches", "juices"), ("chairs", "pots"), ("jackets", "hats")]);
        return new(
            $"{name} buys {count} {item} at ${price} each and {otherCount} {other} at ${otherPrice} each. How many dollars does {name} pay?",
            "",
            [
                new(count, '*', price, $"The {item} cost {{0}}.", IsMoney: true),
                new(otherCount, '*', otherPrice, $"The {other} cost {{0}}.", IsMoney: true),
                new(Result(0), '+', Result(1), "Together that is {0}.", IsMoney: true),
            ]);
    }

    private static WordProblem Ages(DemoRandom random, string name)
    {
        int age = random.Next(5, 12), times = random.Next(2, 3), less = random.Next(1, 5);
        return new(
            $"{name} is {age} years old. {name}'s uncle is {less} years younger than {times} times {name}'s age. How old are the two together?",
            "years",
            [
                new(age, '*', times, $"{times} times {name}'s age is {{0}}."),
                new(Result(0), '-', less, "The uncle is {0} years old."),
                new(age, '+', Result(1), "Together they are {0} years old."),
            ]);
    }

    private static WordProblem Ride(DemoRandom random, string name)
    {
        int speed = random.Next(3, 8), hours = random.Next(2, 5), otherSpeed = random.Next(3, 8), moreHours = random.Next(2, 5);
        return new(
            $"{name} rides at {speed} miles an hour for {hours} hours and then at {otherSpeed} miles an hour for {moreHours} hours. How many miles is the ride?",
            "miles",
            [
                new(speed, '*', hours, "The first part is {0} miles."),
                new(otherSpeed, '*', moreHours, "The second part is {0} miles."),
                new(Result(0), '+', Result(1), "The ride is {0} miles."),
            ]);
    }

    private static WordProblem Tickets(DemoRandom random, string name) =>
        WordProblemTemplates.Tickets(random, name, random.Next(2, 6) * 2, random.Next(2, 5), random.Next(2, 5));

    private static WordProblem Sharing(DemoRandom random, string name)
    {
        int bags = random.Next(2, 5), each = random.Next(2, 6);
        var apples = random.Next(1, (bags * each) - 1);
        return new(
            $"{name} picks {apples} apples and {(bags * each) - apples} pears and shares them out evenly into {bags} bags. How many pieces of fruit are in each bag?",
            "pieces",
            [
                new(apples, '+', (bags * each) - apples, $"{name} picks {{0}} pieces of fruit."),
                new(Result(0), '/', bags, "Each bag has {0} of them."),
            ]);
    }
}
