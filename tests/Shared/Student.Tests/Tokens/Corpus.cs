namespace Student.Tests.Tokens;

/// <summary>Texts of every kind that a tokenizer meets.</summary>
internal static class Corpus
{
    /// <summary>The same thought in many languages; 28 scripts.</summary>
    public static readonly string[] Languages =
    [
        "All human beings are born free and equal in dignity and rights. They're endowed with reason; it's what WE'LL say, and I'd say so in 1948.",
        "Tous les êtres humains naissent libres et égaux en dignité et en droits. L'homme n'est pas né d'hier.",
        "Alle Menschen sind frei und gleich an Würde und Rechten geboren. Straße, Größe, ẞ und 3,14 €.",
        "Tất cả mọi người sinh ra đều được tự do và bình đẳng về nhân phẩm và quyền lợi.",
        "Wszyscy ludzie rodzą się wolni i równi pod względem swej godności i swych praw. Zażółć gęślą jaźń.",
        "Bütün insanlar hür, haysiyet ve haklar bakımından eşit doğarlar. İstanbul'da ılık.",
        "Όλοι οι άνθρωποι γεννιούνται ελεύθεροι και ίσοι στην αξιοπρέπεια και τα δικαιώματα.",
        "Все люди рождаются свободными и равными в своём достоинстве и правах.",
        "Всі люди народжуються вільними і рівними у своїй гідності та правах, ґанок.",
        "Բոլոր մարդիկ ծնվում են ազատ ու հավասար իրենց արժանապատվությամբ ու իրավունքներով։",
        "ყველა ადამიანი იბადება თავისუფალი და თანასწორი თავისი ღირსებითა და უფლებებით.",
        "כל בני האדם נולדו בני חורין ושווים בערכם ובזכויותיהם. שָׁלוֹם",
        "يولد جميع الناس أحرارًا متساوين في الكرامة والحقوق، سنة ١٩٤٨.",
        "تمام انسان آزاد اور حقوق و عزت کے اعتبار سے برابر پیدا ہوئے ہیں۔ ۱۲۳",
        "ܟܠ ܒܪܢܫܐ ܒܪܝܠܗ ܚܐܪܐ ܘܒܪܒܪ ܓܘ ܐܝܩܪܐ ܘܙܕܩܐ",
        "सभी मनुष्यों को गौरव और अधिकारों के मामले में जन्मजात स्वतन्त्रता और समानता प्राप्त है। १९४८",
        "সমস্ত মানুষ স্বাধীনভাবে সমান মর্যাদা এবং অধিকার নিয়ে জন্মগ্রহণ করে।",
        "ਸਾਰਾ ਮਨੁੱਖੀ ਪਰਿਵਾਰ ਆਪਣੀ ਮਹਿਮਾ, ਸ਼ਾਨ ਅਤੇ ਹੱਕਾਂ ਦੇ ਪੱਖੋਂ ਜਨਮ ਤੋਂ ਹੀ ਆਜ਼ਾਦ ਹੈ।",
        "પ્રતિષ્ઠા અને અધિકારોની દૃષ્ટિએ સર્વ માનવો જન્મથી સ્વતંત્ર અને સમાન હોય છે.",
        "ମନୁଷ୍ୟ ଜନ୍ମକାଳରୁ ସ୍ୱାଧୀନ ଏବଂ ମର୍ଯ୍ୟାଦା ଓ ଅଧିକାରରେ ସମାନ।",
        "மனிதப் பிறிவியினர் சகலரும் சுதந்திரமாகவே பிறக்கின்றனர்.",
        "ప్రతిపత్తిస్వత్వముల విషయమున మానవులెల్లరును జన్మతః స్వతంత్రులును సమానులును నగుదురు.",
        "ಎಲ್ಲಾ ಮಾನವರೂ ಸ್ವತಂತ್ರರಾಗಿಯೇ ಜನಿಸಿದ್ದಾರೆ.",
        "മനുഷ്യരെല്ലാവരും തുല്യാവകാശങ്ങളോടും അന്തസ്സോടും സ്വാതന്ത്ര്യത്തോടുംകൂടി ജനിച്ചവരാണ്.",
        "සියලු මනුෂ්‍යයෝ නිදහස්ව උපත ලබා ඇත. ගරුත්වයෙන් හා අයිතිවාසිකම්වලින් සමාන වෙති.",
        "มนุษย์ทั้งหลายเกิดมามีอิสระและเสมอภาคกันในเกียรติศักดิ์และสิทธิ ๒๔๙๑",
        "ມະນຸດທຸກຄົນເກີດມາມີອິດສະລະ ແລະ ສະເໝີພາບກັນໃນສັກສີ ແລະ ສິດທິ.",
        "အမှတ်စဉ်၊ လူတိုင်းသည် တူညီ လွတ်လပ်သော ဂုဏ်သိက္ခာဖြင့် လည်းကောင်း မွေးဖွားလာသူများဖြစ်သည်။",
        "មនុស្សទាំងអស់កើតមកមានសេរីភាពនិងភាពស្មើៗគ្នាក្នុងសិទ្ធិនិងសេចក្ដីថ្លៃថ្នូរ។",
        "འགྲོ་བ་མིའི་རིགས་རྒྱུད་ཡོངས་ལ་སྐྱེས་ཙམ་ཉིད་ནས་ཆེ་མཐོངས་དང་ཐོབ་ཐངགི་རང་དབང་འདྲ་མཉམ་དུ་ཡོད་ལ།",
        "ሰብዓዊ ፍጡር ሁሉ ነጻና በክብርም በመብትም እኩል ሆኖ ተወልዷል። ፲፱፻፵፰",
        "ᏂᎦᏓ ᎠᏂᏴᏫ ᎨᏥᏁᎳᎢ ᎤᎾᏓᏤᎵ ᎠᎴ ᎤᏂᎸᏉᏙᏗ",
        "ᐃᓅᔪᓕᒫᑦ ᐊᓂᖅᑎᕆᔪᑦ ᐃᓄᓐᓂᐊᖅᑎᒃᓴᐅᓪᓗᑎᒃ",
        "ᠬᠦᠮᠦᠨ ᠪᠦᠷ ᠲᠥᠷᠥᠵᠦ ᠮᠡᠨᠳᠡᠯᠡᠬᠦ ᠡᠷᠬᠡ ᠴᠢᠯᠥᠭᠡ ᠲᠡᠢ",
        "人人生而自由，在尊严和权利上一律平等。他们赋有理性和良心，一九四八年。",
        "すべての人間は、生まれながらにして自由であり、かつ、尊厳と権利とについて平等である。ガギグ ｶﾞ",
        "모든 인간은 태어날 때부터 자유로우며 그 존엄과 권리에 있어 동등하다.",
        "ⵉⵎⴷⴰⵏⴻⵏ ⴰⴽⴽⴻⵏ ⵎⴰ ⵍⵍⴰⵏ ⵜⵍⴰⵍⴻⵏ ⴷ ⵉⵍⴻⵍⵍⵉⵢⴻⵏ",
        "𐌰𐌻𐌻𐌰𐌹 𐌼𐌰𐌽𐌽𐌰 𐍆𐍂𐌴𐌹𐌰𐌹 𐌲𐌰𐌱𐌰𐌿𐍂𐌰𐌽𐌰𐌹", "𠀀𠮷野家 𪚥 𝔘𝔫𝔦𝔠𝔬𝔡𝔢 𝟙𝟚𝟛 𐒠𐒡 𑁦𑁧",
    ];

    /// <summary>What is not prose.</summary>
    public static readonly string[] Oddities =
    [
        "", " ", "  ", "\n", "\r\n", "\t\tx", "a  b   c    d", "trailing space ", "trailing  spaces   ", " \n \n\n  x", "x\r\n\r\ny\r\n", "\r\r\n\n\r", "x \r\n  y",
        "no\u00A0break\u2009thin\u3000wide\u2028line\u2029paragraph", "\u200B\u200C\u200D\u2060", "tab\tafter\t tab", "\v\f\u001c\u001f\0",
        "'s 'S 't 'T're'RE've'Ve'm'M'll'LL'Ll'd'D 'x ''s don't DON'T it\u2019s l'l 'l 'r 'v '",
        "1 12 123 1234 12345 1234567890 3.14159 1,000,000 0x1F 1e-9 ½ ² Ⅷ ①②③ ٣٤٥ १२३ x1y22z333", " 5  55   555\n5", "a1b2", "\u0E54\u0E55x",
        "public static int Main(string[] args)\n{\n    if (args.Length > 0 && !quiet)\n        return args[0] switch { \"-h\" => 1, _ => 0 };\n}\n",
        "def f(x: int) -> str:\n\treturn f'{x!r:>10}'  # comment\n\n\n\nclass A(B):\n    \"\"\"Doc.\"\"\"\n", "SELECT * FROM t WHERE a <> 'it''s' AND b >= 10;--x",
        "<div class=\"a b\">&nbsp;</div>\n<!-- ... -->", "{\"a\": [1, 2.5, null, true], \"b\\n\": \"\\u00e9\"}", "https://example.org/a/b?c=d&e=%20f#g me@example.org",
        "!!!??? ... --- *** ___ $$$ ,,, \"quoted\" (parens) [brackets] {braces} #tag @name !\n?\r\n.\n\n.x",
        "👨‍👩‍👧‍👦 👩🏽‍🚀 🏳️‍🌈 🇩🇪🇫🇷 ❤️‍🔥 1️⃣ ☺︎ 🫠", "😀😃😄😁😆", "e\u0301 n\u0303 A\u030A o\u0302\u0323 \u1100\u1161\u11A8 \u0301alone", "Z͑ͫ̓ͪ̂ͫ̽͏̴̙̤̞͉͚̯̞̠͍A̴̵̜̰͔ͫ͗͢L̠ͨͧͩ͘G̴̻͈͍͔̹̑͗̎̅͛́Ǫ̵̹̻̝̳͂̌̌͘!",
        "\uFFFD\uFFFD", "ſ 'ſ K Å Å", "ﬁ ﬀ ½ ㎏ ℌ", "\u202Ertl\u202C \u2066x\u2069", "<|endoftext|><|im_start|>user\nhi<|im_end|>\n", "<|im_start", "a<|im_end|>b",
        "Ġ Ċ Āā ġ ń", "____init____ snake_case camelCase PascalCase kebab-case", "\u0300\u0301\u0302", "x\u0301\u0302y", "\uFF11\uFF12 \uFF21",
    ];

    /// <summary>Long runs, which must not take quadratic time either.</summary>
    public static IEnumerable<string> LongRuns(int length) =>
    [
        new('a', length), new(' ', length), new('\n', length), new('7', length), new('.', length), new('é', length), new('中', length),
        string.Concat(Enumerable.Repeat("ab", length / 2)), string.Concat(Enumerable.Repeat("\r\n", length / 2)), string.Concat(Enumerable.Repeat("😀", length / 2)),
        string.Concat(Enumerable.Repeat("Donaudampfschifffahrtsgesellschaft", length / 34)),
    ];

    /// <summary>Texts put together at random from pieces of the others, code points of every kind, and spaces.</summary>
    public static IEnumerable<string> Random(int seed, int count)
    {
        var random = new Random(seed);
        string[] sources = [.. Languages, .. Oddities];
        for (var i = 0; i < count; i++)
        {
            yield return string.Concat(Enumerable.Range(0, random.Next(1, 12)).Select(_ => Piece(random, sources)));
        }
    }

    private static string Piece(Random random, string[] sources)
    {
        switch (random.Next(5))
        {
            case 0:
                return " \n\t\r\u00A0'"[random.Next(6)].ToString();
            case 1:
                return random.Next(100_000).ToString(System.Globalization.CultureInfo.InvariantCulture);
            case 2:
                // Planes 0 and 1, without what is not assigned in all versions of Unicode in use.
                var code = random.Next(0x20, 0x1FFFF);
                return code is >= 0xD800 and < 0xE000 || System.Globalization.CharUnicodeInfo.GetUnicodeCategory(code) == System.Globalization.UnicodeCategory.OtherNotAssigned
                    ? "?" : char.ConvertFromUtf32(code);
            default:
                var source = sources[random.Next(sources.Length)];
                var start = random.Next(source.Length + 1);
                var end = Math.Min(source.Length, start + random.Next(12));
                var piece = source[start..end];
                return piece.Any(char.IsSurrogate) ? source : piece;
        }
    }
}
