using System.Globalization;

namespace StreamDistill.Cli.Demo;

/// <summary>A short task that is no arithmetic, with the checks its answer must pass.</summary>
/// <param name="Task">The kind of work.</param>
/// <param name="Question">As it is asked.</param>
/// <param name="Answer">The right answer.</param>
/// <param name="WrongAnswers">Answers that a checker must refuse.</param>
/// <param name="Verifiers">Names and parameters.</param>
internal sealed record GeneralTask(
    string Task, string Question, string Answer, IReadOnlyList<string> WrongAnswers, IReadOnlyList<(string Name, IReadOnlyDictionary<string, string> Parameters)> Verifiers)
{
    private static readonly string[] Names = ["Ada", "Amir", "Bao", "Carla", "Diego", "Elif", "Grace", "Hana", "Ivan", "Kofi", "Leila", "Noah", "Olga", "Rosa", "Wei", "Zoe"];
    private static readonly string[] Cities = ["Accra", "Bergen", "Cusco", "Dakar", "Graz", "Hanoi", "Kyoto", "Lyon", "Osaka", "Porto", "Quito", "Turin"];
    private static readonly string[] Labels = ["positive", "negative", "neutral"];

    /// <summary>One of the kinds, filled in at random.</summary>
    public static GeneralTask Create(DemoRandom random) => random.Next(0, 3) switch
    {
        0 => Label(random),
        1 => Extraction(random),
        2 => Json(random),
        _ => Date(random),
    };

    private static GeneralTask Label(DemoRandom random)
    {
        var label = random.Pick(Labels);
        var item = random.Pick<string>(["kettle", "backpack", "headphones", "desk lamp", "rain coat", "bicycle pump"]);
        var text = label switch
        {
            "positive" => random.Pick<string>(["works even better than I hoped", "was worth every cent", "is the best I have ever owned"]),
            "negative" => random.Pick<string>(["broke within a week", "is a waste of money", "never did what it promised"]),
            _ => random.Pick<string>(["arrived on Tuesday in a brown box", "comes in two colors", "has the size given in the catalog"]),
        };
        return new(
            "label",
            $"Label this review as positive, negative or neutral. Answer with the label alone.\n\nOrder {random.Next(1000, 99999)}: The {item} {text}.",
            label,
            [.. Labels.Where(other => other != label)],
            [("label", new Dictionary<string, string> { ["labels"] = string.Join('|', Labels) })]);
    }

    private static GeneralTask Extraction(DemoRandom random)
    {
        var name = random.Pick(Names);
        string number = Digits(random, 6), customer = Digits(random, 6);
        return new(
            "extraction",
            $"Which order number does this message name? Answer with the number alone.\n\nHello, this is {name} from {random.Pick(Cities)}, customer {customer}. My order A-{number} has not arrived yet.",
            $"A-{number}",
            [customer, $"A-{(number == customer ? Digits(random, 5) : customer)}", $"Order A-{number} of {name}"],
            [("exact", new Dictionary<string, string> { ["case"] = "ignore" })]);
    }

    private static GeneralTask Json(DemoRandom random)
    {
        string name = random.Pick(Names), city = random.Pick(Cities);
        var age = random.Next(18, 90);
        return new(
            "extraction",
            $"Give name, age and city as one JSON object with the keys name, age and city.\n\n{name} is {age} and has lived in {city} for {random.Next(2, 17)} years.",
            $$"""{"name": "{{name}}", "age": {{age}}, "city": "{{city}}"}""",
            [
                $$"""{"name": "{{name}}", "age": "{{age}}", "city": "{{city}}"}""",
                $$"""{"name": "{{name}}", "city": "{{city}}"}""",
                $$"""{"name": "{{city}}", "age": {{age}}, "city": "{{name}}"}""",
                $$"""{"name": "{{name}}", "age": {{age}}, "city": "{{city}}" """,
            ],
            [(
                "json",
                new Dictionary<string, string>
                {
                    ["schema"] = $$$$"""
                        {"type": "object", "required": ["name", "age", "city"], "additionalProperties": false, "properties": {"name": {"const": "{{{{name}}}}"}, "age": {"const": {{{{age}}}} }, "city": {"const": "{{{{city}}}}"}}}
                        """,
                })]);
    }

    private static GeneralTask Date(DemoRandom random)
    {
        var date = new DateOnly(random.Next(1960, 2035), random.Next(1, 12), random.Next(13, 28));
        return new(
            "instruction",
            $"Write the date {date.ToString("MMMM d, yyyy", CultureInfo.InvariantCulture)} as YYYY-MM-DD and nothing else.",
            date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
            [
                date.ToString("dd.MM.yyyy", CultureInfo.InvariantCulture),
                date.ToString("yyyy-dd-MM", CultureInfo.InvariantCulture),
                date.AddDays(1).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
            ],
            [
                ("regex", new Dictionary<string, string> { ["pattern"] = "[0-9]{4}-[0-9]{2}-[0-9]{2}", ["match"] = "full" }),
                ("exact", new Dictionary<string, string>()),
            ]);
    }

    private static string Digits(DemoRandom random, int count) => string.Concat(Enumerable.Range(0, count).Select(_ => (char)random.Next('0', '9')));
}
