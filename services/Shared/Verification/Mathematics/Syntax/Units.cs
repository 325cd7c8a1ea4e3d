using System.Collections.Frozen;
using System.Globalization;

namespace StreamDistill.Verification.Mathematics;

/// <summary>A unit: so many of its dimension's base units.</summary>
/// <param name="Dimension">What can be compared, such as length3 or length1 time-1; empty where the unit counts things rather than measures.</param>
/// <param name="Factor">Base units in one.</param>
internal readonly record struct Unit(string Dimension, Rational Factor);

/// <summary>Units of measurement and currencies by the words and signs that people write.</summary>
internal static class Units
{
    private static readonly FrozenDictionary<string, Unit> Known = Create().ToFrozenDictionary(StringComparer.Ordinal);

    public static bool IsUnit(string word) => Known.ContainsKey(word) || Known.ContainsKey(word.ToLowerInvariant());

    /// <summary>The unit of a word. Eggs are counted and not compared, metres are.</summary>
    public static Unit Of(string word) =>
        Known.TryGetValue(word, out var unit) || Known.TryGetValue(word.ToLowerInvariant(), out unit) ? unit : new Unit("", Rational.Of(1));

    /// <summary>A product of units as one, to the power that each has in it.</summary>
    public static Unit Product(IEnumerable<(Unit Unit, int Power)> units)
    {
        var powers = new SortedDictionary<string, int>(StringComparer.Ordinal);
        var factor = Rational.Of(1);
        foreach (var (unit, power) in units)
        {
            for (var i = 0; i < Math.Abs(power); i++)
            {
                factor = power > 0 ? factor * unit.Factor : factor / unit.Factor;
            }

            foreach (var part in unit.Dimension.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            {
                var name = part.TrimEnd('-', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9');
                powers[name] = powers.GetValueOrDefault(name) + (power * int.Parse(part.AsSpan(name.Length), CultureInfo.InvariantCulture));
            }
        }

        return new Unit(string.Join(' ', powers.Where(each => each.Value != 0).Select(each => string.Create(CultureInfo.InvariantCulture, $"{each.Key}{each.Value}"))), factor);
    }

    private static IEnumerable<KeyValuePair<string, Unit>> Create()
    {
        (string Dimension, string Names, decimal Factor)[] units =
        [
            ("length1", "m metre metres meter meters", 1), ("length1", "cm centimetre centimetres centimeter centimeters", 0.01m), ("length1", "mm millimetre millimetres millimeter millimeters", 0.001m),
            ("length1", "km kilometre kilometres kilometer kilometers", 1000), ("length1", "in inch inches", 0.0254m), ("length1", "ft foot feet", 0.3048m), ("length1", "yd yard yards", 0.9144m), ("length1", "mi mile miles", 1609.344m),
            ("mass1", "g gram grams", 1), ("mass1", "kg kilogram kilograms", 1000), ("mass1", "mg milligram milligrams", 0.001m), ("mass1", "lb lbs pound pounds", 453.59237m), ("mass1", "oz ounce ounces", 28.349523125m), ("mass1", "ton tons tonne tonnes", 1_000_000),
            ("time1", "s sec secs second seconds", 1), ("time1", "ms millisecond milliseconds", 0.001m), ("time1", "min mins minute minutes", 60), ("time1", "h hr hrs hour hours", 3600), ("time1", "day days", 86_400), ("time1", "week weeks", 604_800),
            ("year1", "yr yrs year years", 12), ("year1", "month months", 1),
            ("length3", "L l litre litres liter liters", 0.001m), ("length3", "mL ml millilitre millilitres milliliter milliliters", 0.000_001m), ("length3", "gal gallon gallons", 0.003785411784m), ("length3", "cup cups", 0.0002365882365m), ("length3", "quart quarts", 0.000946352946m),
            ("money$1", "¤$ dollar dollars usd", 1), ("money$1", "cent cents ¢", 0.01m), ("money€1", "¤€ euro euros eur", 1), ("money£1", "¤£ gbp", 1), ("money¥1", "¤¥ yen", 1), ("money₹1", "¤₹ rupee rupees rs", 1), ("money₩1", "¤₩ won", 1),
            ("energy1", "J joule joules", 1), ("energy1", "kJ kilojoule kilojoules", 1000), ("force1", "N newton newtons", 1), ("power1", "W watt watts", 1), ("power1", "kW kilowatt kilowatts", 1000),
            ("pressure1", "Pa pascal pascals", 1), ("pressure1", "kPa kilopascal kilopascals", 1000), ("current1", "amp amps ampere amperes", 1), ("voltage1", "V volt volts", 1), ("frequency1", "Hz hertz", 1), ("kelvin1", "K kelvin", 1),
            ("amount1", "mol mole moles", 1), ("length1 time-1", "mph", 0.44704m),
        ];
        return units.SelectMany(unit => unit.Names.Split(' ').Select(name => KeyValuePair.Create(name, new Unit(unit.Dimension, Rational.Of(unit.Factor)))))
            .Append(KeyValuePair.Create("kph", new Unit("length1 time-1", new Rational(5, 18)))).Append(KeyValuePair.Create("kmh", new Unit("length1 time-1", new Rational(5, 18))));
    }
}
