using System.Collections.Frozen;

namespace StreamDistill.Verification.Mathematics;

/// <summary>What LaTeX's commands, Unicode's characters and the words of plain notation stand for.</summary>
internal static class Vocabulary
{
    /// <summary>Set brackets, floor and ceiling, and what else has no ASCII character of its own.</summary>
    public const char OpenSet = '⦃', CloseSet = '⦄', OpenFloor = '⌊', CloseFloor = '⌋', OpenCeiling = '⌈', CloseCeiling = '⌉', Degree = '°', Union = '∪', Intersection = '∩',
        Without = '∖', Element = '∈', EmptySet = '∅', Row = '⏎', Column = '&', PlusMinus = '±', MinusPlus = '∓', Currency = '¤', Repeating = '‾', Bar = '|', Such = '∣';

    private static readonly FrozenDictionary<string, char> Commands = new Dictionary<string, char>
    {
        ["cdot"] = '*', ["times"] = '*', ["ast"] = '*', ["div"] = '/', ["pm"] = PlusMinus, ["mp"] = MinusPlus,
        ["le"] = '≤', ["leq"] = '≤', ["leqslant"] = '≤', ["ge"] = '≥', ["geq"] = '≥', ["geqslant"] = '≥', ["lt"] = '<', ["gt"] = '>', ["ne"] = '≠', ["neq"] = '≠',
        ["approx"] = '≈', ["simeq"] = '≈', ["to"] = '=', ["rightarrow"] = '=', ["Rightarrow"] = '=', ["implies"] = '=',
        ["cup"] = Union, ["cap"] = Intersection, ["setminus"] = Without, ["backslash"] = Without, ["in"] = Element, ["emptyset"] = EmptySet, ["varnothing"] = EmptySet,
        ["circ"] = Degree, ["degree"] = Degree, ["lbrace"] = OpenSet, ["rbrace"] = CloseSet, ["langle"] = '(', ["rangle"] = ')', ["lfloor"] = OpenFloor, ["rfloor"] = CloseFloor,
        ["lceil"] = OpenCeiling, ["rceil"] = CloseCeiling, ["vert"] = Bar, ["lvert"] = Bar, ["rvert"] = Bar, ["mid"] = Such, ["overline"] = Repeating,
        ["lor"] = ';', ["pounds"] = '£', ["euro"] = '€',
    }.ToFrozenDictionary(StringComparer.Ordinal);

    private static readonly FrozenDictionary<char, char> Characters = new Dictionary<char, char>
    {
        ['−'] = '-', ['–'] = '-', ['‒'] = '-', ['‐'] = '-', ['‑'] = '-', ['﹣'] = '-', ['·'] = '*', ['⋅'] = '*', ['∙'] = '*', ['×'] = '*', ['∗'] = '*', ['÷'] = '/', ['⁄'] = '/', ['∕'] = '/',
        ['≃'] = '≈', ['≅'] = '≈', ['→'] = '=', ['⇒'] = '=', ['⟹'] = '=', ['≦'] = '≤', ['≧'] = '≥', ['⩽'] = '≤', ['⩾'] = '≥', ['⟨'] = '(', ['⟩'] = ')', ['〈'] = '(', ['〉'] = ')',
        ['º'] = Degree, ['⊘'] = EmptySet, ['Ø'] = EmptySet, ['∨'] = ';', ['，'] = ',', ['；'] = ';', ['（'] = '(', ['）'] = ')', ['＝'] = '=', ['％'] = '%', ['：'] = ':', ['＄'] = '$', ['\\'] = Without,
    }.ToFrozenDictionary();

    /// <summary>Letters by name; single ones stand for themselves.</summary>
    private static readonly FrozenDictionary<string, string> Letters = new Dictionary<string, string>
    {
        ["pi"] = "pi", ["infty"] = "infty", ["infinity"] = "infty", ["inf"] = "infty", ["oo"] = "infty", ["π"] = "pi", ["∞"] = "infty", ["ℝ"] = "RR", ["ℤ"] = "ZZ", ["ℕ"] = "NN", ["ℚ"] = "QQ", ["ℂ"] = "CC",
        ["alpha"] = "alpha", ["beta"] = "beta", ["gamma"] = "gamma", ["delta"] = "delta", ["epsilon"] = "epsilon", ["varepsilon"] = "epsilon", ["zeta"] = "zeta", ["eta"] = "eta",
        ["theta"] = "theta", ["vartheta"] = "theta", ["iota"] = "iota", ["kappa"] = "kappa", ["lambda"] = "lambda", ["mu"] = "mu", ["nu"] = "nu", ["xi"] = "xi", ["rho"] = "rho",
        ["sigma"] = "sigma", ["tau"] = "tau", ["upsilon"] = "upsilon", ["phi"] = "phi", ["varphi"] = "phi", ["chi"] = "chi", ["psi"] = "psi", ["omega"] = "omega", ["ell"] = "ell", ["hbar"] = "hbar",
        ["Gamma"] = "Gamma", ["Delta"] = "Delta", ["Theta"] = "Theta", ["Lambda"] = "Lambda", ["Xi"] = "Xi", ["Sigma"] = "Sigma", ["Phi"] = "Phi", ["Psi"] = "Psi", ["Omega"] = "Omega",
        ["α"] = "alpha", ["β"] = "beta", ["γ"] = "gamma", ["δ"] = "delta", ["ε"] = "epsilon", ["θ"] = "theta", ["λ"] = "lambda", ["μ"] = "mu", ["ρ"] = "rho", ["σ"] = "sigma", ["τ"] = "tau",
        ["φ"] = "phi", ["ϕ"] = "phi", ["ω"] = "omega", ["Δ"] = "Delta", ["Ω"] = "Omega",
    }.ToFrozenDictionary(StringComparer.Ordinal);

    private static readonly FrozenDictionary<string, string> Functions = new Dictionary<string, string>
    {
        ["frac"] = "frac", ["dfrac"] = "frac", ["tfrac"] = "frac", ["cfrac"] = "frac", ["sqrt"] = "sqrt", ["√"] = "sqrt", ["cbrt"] = "cbrt", ["∛"] = "cbrt",
        ["over"] = "over", ["binom"] = "binom", ["dbinom"] = "binom", ["tbinom"] = "binom", ["sin"] = "sin", ["cos"] = "cos", ["tan"] = "tan", ["cot"] = "cot", ["sec"] = "sec", ["csc"] = "csc",
        ["arcsin"] = "arcsin", ["arccos"] = "arccos", ["arctan"] = "arctan", ["asin"] = "arcsin", ["acos"] = "arccos", ["atan"] = "arctan",
        ["sinh"] = "sinh", ["cosh"] = "cosh", ["tanh"] = "tanh", ["ln"] = "ln", ["log"] = "log", ["lg"] = "lg", ["exp"] = "exp", ["abs"] = "abs", ["floor"] = "floor", ["ceil"] = "ceil",
        ["gcd"] = "gcd", ["lcm"] = "lcm", ["min"] = "min", ["max"] = "max", ["Re"] = "re", ["Im"] = "im",
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>Commands that set how what follows looks.</summary>
    private static readonly FrozenSet<string> Ignored = new[]
    {
        "left", "right", "big", "Big", "bigg", "Bigg", "bigl", "bigr", "Bigl", "Bigr", "biggl", "biggr", "displaystyle", "textstyle", "limits", "quad", "qquad", "boxed", "fbox", "mathbf", "boldsymbol", "mathit",
        "mathcal", "bm", "vec", "hat", "n", "large", "Large", "hspace", "nonumber", "underline", "bf", "rm", "it", "ensuremath", "therefore", "dots", "hfill", "smash", "phantom",
    }.ToFrozenSet(StringComparer.Ordinal);

    private static readonly FrozenSet<string> Texts = new[] { "text", "textbf", "textit", "textrm", "texttt", "textsf", "mbox", "hbox", "mathrm", "operatorname", "mathsf", "mathbb", "mathtt", "textnormal", "textup", "emph", "textsc" }.ToFrozenSet(StringComparer.Ordinal);

    public static bool TryCommand(string name, out char mark) => Commands.TryGetValue(name, out mark);

    public static char Plain(char character) => Characters.TryGetValue(character, out var plain) ? plain : character;

    public static bool TryLetter(string name, out string letter) => Letters.TryGetValue(name, out letter!);

    public static bool TryFunction(string name, out string function) => Functions.TryGetValue(name, out function!);

    public static bool IsIgnored(string command) => Ignored.Contains(command);

    public static bool IsText(string command) => Texts.Contains(command);
}
