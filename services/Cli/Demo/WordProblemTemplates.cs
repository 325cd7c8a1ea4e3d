using System.Globalization;

namespace StreamDistill.Cli.Demo;

/// <summary>The word problems. Every number is chosen so that each correct step is exact and the answer a whole number above 0.</summary>
internal static class WordProblemTemplates
{
    /// <summary>Each makes a problem about the person named.</summary>
    public static IReadOnlyList<Func<DemoRandom, string, WordProblem>> All { get; } =
    [
        FarmersMarket, ShoppingChange, ReadingDays, Discount, Classroom, Savings, RoadTrip, Cookies,
        Ages, Overtime, Garden, Tickets, WaterTank, House, Coins, Dinner,
    ];

    private static Term Result(int step) => Term.ResultOf(step);

    private static string Grouped(int number) => number.ToString("#,0", CultureInfo.InvariantCulture);

    private static WordProblem FarmersMarket(DemoRandom random, string name)
    {
        int laid = random.Next(16, 60), eaten = random.Next(2, 6), baked = random.Next(3, 9), price = random.Next(2, 6);
        return new(
            $"{name}'s hens lay {laid} eggs a day. {name} eats {eaten} of them for breakfast, bakes a cake with {baked}, and sells the rest at the market for ${price} each. How many dollars does {name} make at the market each day?",
            "",
            [
                new(eaten, '+', baked, $"{name} uses {{0}} eggs a day."),
                new(laid, '-', Result(0), "That leaves {0} eggs to sell."),
                new(Result(1), '*', price, "At the market they bring {0}.", IsMoney: true),
            ]);
    }

    private static WordProblem ShoppingChange(DemoRandom random, string name)
    {
        int books = random.Next(2, 9), bookPrice = random.Next(3, 14), pens = random.Next(2, 12), penPrice = random.Next(1, 4);
        var paid = (((books * bookPrice) + (pens * penPrice)) / 50 * 50) + 50;
        var (item, other) = random.Pick<(string, string)>([("notebooks", "pens"), ("sandwiches", "juices"), ("plants", "pots"), ("brushes", "pencils")]);
        return new(
            $"{name} buys {books} {item} at ${bookPrice} each and {pens} {other} at ${penPrice} each, and pays with ${paid}. How much change, in dollars, does {name} get?",
            "",
            [
                new(books, '*', bookPrice, $"The {item} cost {{0}}.", IsMoney: true),
                new(pens, '*', penPrice, $"The {other} cost {{0}}.", IsMoney: true),
                new(Result(0), '+', Result(1), "Together that is {0}.", IsMoney: true),
                new(paid, '-', Result(2), "The change is {0}.", IsMoney: true),
            ]);
    }

    private static WordProblem ReadingDays(DemoRandom random, string name)
    {
        int slow = random.Next(8, 30), days = random.Next(3, 10), fast = random.Next(20, 60), more = random.Next(2, 12);
        var pages = (slow * days) + (fast * more);
        return new(
            $"{name} reads a book of {pages} pages. For {days} days {name} reads {slow} pages a day, and after that {fast} pages a day. How many more days does the rest of the book take?",
            "days",
            [
                new(days, '*', slow, $"At first {name} reads {{0}} pages."),
                new(pages, '-', Result(0), "There are {0} pages left."),
                new(Result(1), '/', fast, "They take {0} days."),
            ]);
    }

    private static WordProblem Discount(DemoRandom random, string name)
    {
        int price = random.Next(2, 15) * 20, count = random.Next(2, 9);
        var percent = random.Pick<int>([5, 10, 15, 20, 25, 30, 40]);
        var item = random.Pick<string>(["chairs", "lamps", "jackets", "radios", "tents"]);
        return new(
            $"A shop sells {item} for ${price} each. In the sale everything is {percent}% off. How many dollars does {name} pay for {count} {item} in the sale?",
            "",
            [
                new(price, '*', percent / 100m, "The discount on each is {0}.", IsMoney: true),
                new(price, '-', Result(0), "So each costs {0}.", IsMoney: true),
                new(Result(1), '*', count, $"{name} pays {{0}}.", IsMoney: true),
            ]);
    }

    private static WordProblem Classroom(DemoRandom random, string name)
    {
        var (part, word) = random.Pick<(int, string)>([(3, "One third"), (4, "One quarter"), (5, "One fifth"), (6, "One sixth")]);
        var pupils = part * 2 * random.Next(3, 40);
        return new(
            $"There are {pupils} pupils at {name}'s school. {word} of them play football, and half of the others sing in the choir. How many pupils neither play football nor sing in the choir?",
            "pupils",
            [
                new(pupils, '/', part, "The football players are {0} pupils."),
                new(pupils, '-', Result(0), "The others are {0} pupils."),
                new(Result(1), '/', 2, "The choir has {0} of them."),
                new(Result(1), '-', Result(2), "That leaves {0} pupils."),
            ]);
    }

    private static WordProblem Savings(DemoRandom random, string name)
    {
        int weekly = random.Next(6, 45), weeks = random.Next(5, 26), gift = random.Next(10, 60);
        var spent = random.Next(5, (weekly * weeks) - 1);
        return new(
            $"{name} saves ${weekly} a week for {weeks} weeks, then spends ${spent} on a present and gets ${gift} from an aunt. How many dollars does {name} have now?",
            "",
            [
                new(weekly, '*', weeks, $"{name} saves {{0}}.", IsMoney: true),
                new(Result(0), '-', spent, "After the present there is {0}.", IsMoney: true),
                new(Result(1), '+', gift, "With the aunt's money it is {0}.", IsMoney: true),
            ]);
    }

    private static WordProblem RoadTrip(DemoRandom random, string name)
    {
        int first = random.Next(3, 7) * 10, second = random.Next(3, 7) * 10, hours = random.Next(2, 7), moreHours = random.Next(2, 7);
        var perGallon = random.Pick<int>([5, 10]);
        return new(
            $"{name} drives at {first} miles an hour for {hours} hours and then at {second} miles an hour for {moreHours} hours. The old truck goes {perGallon} miles on a gallon. How many gallons does the trip take?",
            "gallons",
            [
                new(first, '*', hours, "The first part is {0} miles."),
                new(second, '*', moreHours, "The second part is {0} miles."),
                new(Result(0), '+', Result(1), "The trip is {0} miles."),
                new(Result(2), '/', perGallon, "It takes {0} gallons."),
            ]);
    }

    private static WordProblem Cookies(DemoRandom random, string name)
    {
        int trays = random.Next(4, 15), perTray = random.Next(12, 36), perBox = random.Next(4, 12);
        var burnt = trays * perTray % perBox == 0 ? perBox : trays * perTray % perBox;
        return new(
            $"{name} bakes {trays} trays of {perTray} cookies. {burnt} of them are burnt and thrown away; the others go into boxes of {perBox}. How many boxes does {name} fill?",
            "boxes",
            [
                new(trays, '*', perTray, $"{name} bakes {{0}} cookies."),
                new(Result(0), '-', burnt, "The good ones are {0} cookies."),
                new(Result(1), '/', perBox, "They fill {0} boxes."),
            ]);
    }

    private static WordProblem Ages(DemoRandom random, string name)
    {
        int age = random.Next(8, 20), times = random.Next(2, 4), less = random.Next(1, 6), years = random.Next(2, 15);
        return new(
            $"{name} is {age} years old. {name}'s uncle is {less} years younger than {times} times {name}'s age. How old will the two be together in {years} years?",
            "years",
            [
                new(age, '*', times, $"{times} times {name}'s age is {{0}}."),
                new(Result(0), '-', less, "The uncle is {0} years old."),
                new(age, '+', Result(1), "Together they are {0} years old today."),
                new(2, '*', years, "They get older by {0} years together."),
                new(Result(2), '+', Result(3), "So then they will be {0} years old."),
            ]);
    }

    private static WordProblem Overtime(DemoRandom random, string name)
    {
        int wage = random.Next(5, 20) * 2, extra = random.Next(2, 16);
        return new(
            $"{name} earns ${wage} an hour for the first 40 hours of a week and one and a half times as much for every hour above that. How many dollars does {name} earn in a week of {40 + extra} hours?",
            "",
            [
                new(wage, '*', 40, "The first 40 hours bring {0}.", IsMoney: true),
                new(wage, '*', 1.5m, "An hour of overtime brings {0}.", IsMoney: true),
                new(40 + extra, '-', 40, "The overtime is {0} hours."),
                new(Result(1), '*', Result(2), "The overtime brings {0}.", IsMoney: true),
                new(Result(0), '+', Result(3), $"{name} earns {{0}}.", IsMoney: true),
            ]);
    }

    private static WordProblem Garden(DemoRandom random, string name)
    {
        int rows = random.Next(2, 12) * 2, perRow = random.Next(2, 8) * 10, yield = random.Next(3, 15);
        var percent = random.Pick<int>([5, 10, 15, 20, 25, 35]);
        var plant = random.Pick<string>(["tomato", "pepper", "bean", "pumpkin"]);
        return new(
            $"{name} plants {rows} rows of {perRow} {plant} plants. {percent}% of the plants die in a storm. Each of the others gives {yield} pounds. How many pounds does {name} harvest?",
            "pounds",
            [
                new(rows, '*', perRow, $"{name} plants {{0}} plants."),
                new(Result(0), '*', percent / 100m, "The storm takes {0} of them."),
                new(Result(0), '-', Result(1), "There are {0} plants left."),
                new(Result(2), '*', yield, "They give {0} pounds."),
            ]);
    }

    private static WordProblem Tickets(DemoRandom random, string name) =>
        Tickets(random, name, random.Next(3, 20) * 2, random.Next(2, 8), random.Next(2, 15));

    /// <summary>Tickets for adults and children, who pay half of a price that is even.</summary>
    public static WordProblem Tickets(DemoRandom random, string name, int price, int adults, int children)
    {
        var place = random.Pick<string>(["the zoo", "the museum", "the circus", "the fair"]);
        return new(
            $"A ticket for {place} costs ${price}; children pay half. {name} buys tickets for {adults} adults and {children} children. How many dollars is that?",
            "",
            [
                new(adults, '*', price, "The adults cost {0}.", IsMoney: true),
                new(price, '/', 2, "A child's ticket costs {0}.", IsMoney: true),
                new(children, '*', Result(1), "The children cost {0}.", IsMoney: true),
                new(Result(0), '+', Result(2), "All together it is {0}.", IsMoney: true),
            ]);
    }

    private static WordProblem WaterTank(DemoRandom random, string name)
    {
        int leak = random.Next(1, 6), gain = random.Next(4, 20), minutes = random.Next(5, 60), start = random.Next(10, 90);
        var full = start + (gain * minutes);
        return new(
            $"A tank of {full} liters holds {start} liters of water. {name} opens a tap that adds {gain + leak} liters a minute, but the tank leaks {leak} liters a minute. After how many minutes is the tank full?",
            "minutes",
            [
                new(gain + leak, '-', leak, "Every minute the tank gains {0} liters."),
                new(full, '-', start, "It is short of {0} liters."),
                new(Result(1), '/', Result(0), "Filling it takes {0} minutes."),
            ]);
    }

    private static WordProblem House(DemoRandom random, string name)
    {
        var price = random.Next(6, 60) * 10_000;
        var percent = random.Pick<int>([30, 40, 50, 60, 80]);
        var repairs = random.Next(1, (price * percent / 100 / 1000) - 1) * 1000;
        return new(
            $"{name} buys a house for ${Grouped(price)} and puts ${Grouped(repairs)} into repairs. That raises the value of the house by {percent}% of what {name} paid for it. How many dollars of profit does {name} make by selling it at its new value?",
            "",
            [
                new(price, '*', percent / 100m, "The value rises by {0}.", IsMoney: true),
                new(price, '+', Result(0), "The house is then worth {0}.", IsMoney: true),
                new(price, '+', repairs, $"{name} spent {{0}}.", IsMoney: true),
                new(Result(1), '-', Result(2), "The profit is {0}.", IsMoney: true),
            ]);
    }

    private static WordProblem Coins(DemoRandom random, string name)
    {
        int quarters = random.Next(3, 40) * 4, dimes = random.Next(2, 30) * 10, days = random.Next(3, 20);
        return new(
            $"{name} finds {quarters} quarters and {dimes} dimes in a jar, and puts $2 into it on each of the next {days} days. How many dollars are in the jar then?",
            "",
            [
                new(quarters, '*', 0.25m, "The quarters are {0}.", IsMoney: true),
                new(dimes, '*', 0.1m, "The dimes are {0}.", IsMoney: true),
                new(Result(0), '+', Result(1), "The jar starts with {0}.", IsMoney: true),
                new(days, '*', 2, $"{name} adds {{0}}.", IsMoney: true),
                new(Result(2), '+', Result(3), "In the end there is {0}.", IsMoney: true),
            ]);
    }

    private static WordProblem Dinner(DemoRandom random, string name)
    {
        int friends = random.Next(3, 12), meal = random.Next(2, 12) * 5;
        return new(
            $"{name} and friends, {friends} people in all, go out for dinner. Each meal costs ${meal}. They add a tip of 20% and share the bill equally. How many dollars does each of them pay?",
            "",
            [
                new(friends, '*', meal, "The meals cost {0}.", IsMoney: true),
                new(Result(0), '*', 0.2m, "The tip is {0}.", IsMoney: true),
                new(Result(0), '+', Result(1), "The bill is {0}.", IsMoney: true),
                new(Result(2), '/', friends, "Each pays {0}.", IsMoney: true),
            ]);
    }
}
